import { type FramingError, FrameTruncatedError, LengthInvalidError, MessageTooLargeError } from '../errors.js'
import type { FrameLayout } from './frame-layout.js'
import type { LengthField } from './length-field.js'
import { hintAt } from './hint.js'
import { hex } from './memory.js'

/** Where a frame is in its stream. */
export interface FramePlace {
  readonly offset: number
  readonly frameIndex: number
}

/** What a header says about its frame. All lengths are bytes. */
export interface FrameSize {
  readonly headerLength: number
  /** To remove from the front of the frame. */
  readonly strip: number
  readonly messageLength: number
  /** Of the whole frame, trailer included. */
  readonly frameLength: number
}

/**
 * Measures the frame that starts at index `start` by its header; `undefined` if that does not end before index `end`,
 * `'refused'` if no frame has such a header, or none whose message is at most `limit` bytes.
 *
 * FrameParser.readInChunk states the same law once more, for speed: keep them in step.
 */
export function measureFrame(
  layout: FrameLayout,
  bytes: Uint8Array,
  start: number,
  end: number,
  limit: number,
): FrameSize | 'refused' | undefined {
  const fieldEnd = fieldEndAt(layout, bytes, start, end)
  if (typeof fieldEnd !== 'number') return fieldEnd
  const headerLength = fieldEnd - start
  const rest = layout.lengthField.read(bytes, start + layout.lengthFieldOffset, fieldEnd) + layout.lengthAdjustment
  const strip = layout.strip ?? headerLength
  const messageLength = headerLength + rest - strip
  const frameLength = headerLength + rest + layout.trailer.length
  // A field answers NaN for bytes that are no length.
  const isLength = rest >= 0 && messageLength >= 0 && Number.isSafeInteger(frameLength)
  return isLength && messageLength <= limit ? { headerLength, strip, messageLength, frameLength } : 'refused'
}

/**
 * Where the length field of the frame at index `start` ends; `undefined` if that is not before index `end`, `'refused'`
 * if the field cannot tell its size, or tells one that it cannot have.
 */
export function fieldEndAt(
  { headerLength, lengthField, lengthFieldOffset }: FrameLayout,
  bytes: Uint8Array,
  start: number,
  end: number,
): number | 'refused' | undefined {
  if (headerLength !== undefined) return start + headerLength <= end ? start + headerLength : undefined
  const fieldStart = start + lengthFieldOffset
  if (fieldStart + lengthField.minSize > end) return undefined
  const size = lengthField.measure?.(bytes, fieldStart, end)
  // Waiting for more would never end.
  if (size === undefined) return end - fieldStart < lengthField.maxSize ? undefined : 'refused'
  if (!(Number.isInteger(size) && size > 0 && size <= lengthField.maxSize)) return 'refused'
  return fieldStart + size <= end ? fieldStart + size : undefined
}

/** Why {@link measureFrame} refused the frame at the beginning of `bytes`, and what they might be instead. */
export function explainRefusal(layout: FrameLayout, bytes: Uint8Array, place: FramePlace, limit: number): FramingError {
  const { lengthField, lengthFieldOffset, trailer } = layout
  const fieldEnd = fieldEndAt(layout, bytes, 0, bytes.length)
  const isMeasured = typeof fieldEnd === 'number'
  const end = isMeasured ? fieldEnd : lengthFieldOffset + lengthField.minSize
  const rest = isMeasured ? lengthField.read(bytes, lengthFieldOffset, end) + layout.lengthAdjustment : NaN
  const length = end + rest - (layout.strip ?? end)
  const inOtherOrder = swapped(layout)
  const hint = hintAt(
    bytes,
    (start) => lengthAt(layout, bytes, start, limit),
    inOtherOrder && ((start) => lengthAt(inOtherOrder, bytes, start, Math.min(limit, longestLikely(layout)))),
  )
  const details = { ...place, hint }
  const field = `length field ${hex(bytes.subarray(lengthFieldOffset, end))} (${lengthField.name})`
  const what = `Cannot read frame at offset ${place.offset}: ${field}`
  if (!Number.isSafeInteger(end + rest + trailer.length)) {
    return new LengthInvalidError(`${what} is no valid length`, details)
  }
  if (rest >= 0 && length > limit) return new MessageTooLargeError('read', { ...details, length, limit })
  const told = Math.min(rest, length)
  return new LengthInvalidError(`${what} gives a length of ${told}`, { ...details, length: told })
}

/** Why a frame is refused that ends with `found` and not with the trailer of its layout. */
export function explainTrailer(
  { trailer }: FrameLayout,
  found: Uint8Array,
  { offset, frameIndex }: FramePlace,
): FramingError {
  const what = `Cannot read frame at offset ${offset}`
  return new LengthInvalidError(`${what}: expected it to end with ${hex(trailer)}, got ${hex(found)}`, {
    offset,
    frameIndex,
  })
}

/** Why bytes must not end here: `length` of them belong to a frame, of `limit` bytes where that is known. */
export function explainEnd(place: FramePlace, length: number, limit: number | undefined): Error {
  if (limit === undefined || length < limit) return new FrameTruncatedError({ ...place, length, limit })
  return new TypeError(`Cannot end: the frame at offset ${place.offset} is here and has not been read`)
}

function lengthAt(
  layout: FrameLayout,
  bytes: Uint8Array,
  start: number,
  limit: number,
): number | 'refused' | undefined {
  const size = measureFrame(layout, bytes, start, bytes.length, limit)
  return typeof size === 'object' ? size.frameLength : size
}

/** The layout with its length field in the other byte order; `undefined` where the field has none. */
function swapped(layout: FrameLayout): FrameLayout | undefined {
  const { lengthField, headerLength } = layout
  if (headerLength === undefined || lengthField.maxSize < 2) return undefined
  const read: LengthField['read'] = (bytes, start, end) =>
    lengthField.read(Uint8Array.from(bytes.subarray(start, end)).reverse(), 0, end - start)
  return Object.create(layout, { lengthField: { value: { ...lengthField, read } } }) as FrameLayout
}

// Numbers that are no length are large in either order: one is believed if the upper half of the field is zero.
function longestLikely({ lengthField }: FrameLayout): number {
  return 256 ** Math.floor(lengthField.maxSize / 2) - 1
}
