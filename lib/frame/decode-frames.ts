import { resolveLayout } from './frame-layout.js'
import type { FrameOptions } from './frame-options.js'
import { FrameParser } from './frame-parser.js'

/**
 * All messages in `bytes`, which must end where a frame ends. All of them are in memory already: with `streamAbove` too,
 * none is handed over in pieces.
 *
 * @throws {TypeError | RangeError} If `bytes` is no Uint8Array, or the options cannot work.
 * @throws {FramingError} If a length is refused, or `bytes` end inside a frame.
 */
export function decodeFrames(bytes: Uint8Array, options?: FrameOptions): Uint8Array[] {
  const layout = resolveLayout(options)
  const parser = new FrameParser(layout.streamAbove === Infinity ? layout : { ...options, streamAbove: Infinity })
  parser.append(bytes)
  const messages = [...parser]
  parser.end()
  return messages
}
