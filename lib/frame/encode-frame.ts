import { FrameEncoder } from './frame-encoder.js'
import type { EncodeOptions } from './frame-options.js'

/**
 * One whole frame around `message`. For many messages, make one {@link FrameEncoder}.
 *
 * @throws {TypeError | RangeError} If `message` is no Uint8Array, or the options cannot work.
 * @throws {FramingError} If the message is too long for the layout, or no length would describe it.
 */
export function encodeFrame(message: Uint8Array, options?: EncodeOptions): Uint8Array {
  return new FrameEncoder(options).encode(message)
}
