import type { FrameOptions } from './frame-options.js'
import { FrameParser } from './frame-parser.js'

/**
 * All messages in `bytes`, which must end where a frame ends.
 *
 * @throws {TypeError | RangeError} If `bytes` is no Uint8Array, or the options cannot work.
 * @throws {FramingError} If a length is refused, or `bytes` end inside a frame.
 */
export function decodeFrames(bytes: Uint8Array, options?: FrameOptions): Uint8Array[] {
  // All of it is in memory already: nothing is left to hand over in pieces.
  const parser = new FrameParser({ ...options, streamAbove: undefined })
  parser.append(bytes)
  const messages = [...parser]
  parser.end()
  return messages
}
