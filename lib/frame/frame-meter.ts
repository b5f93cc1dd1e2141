import { type FramingError, LengthInvalidError, MessageTooLargeError } from '../errors.js'
import { hex } from './bytes.js'
import type { FrameLayout } from './frame-options.js'
import { hintAt } from './hint.js'
import type { LengthField } from './length-field.js'

/** Where a frame is in its stream. */
export interface FramePlace {
  readonly offset: number
  readonly frameIndex: number
}

/** What {@link FrameMeter.measure} answers for a header that no frame can have. */
export const REFUSED = -1

/** Measures frames by their headers. */
export class FrameMeter {
  /** Most bytes that a header has. */
  readonly maxHeaderLength: number
  /** Longest message, in bytes. May be changed between two frames. */
  maxMessageLength: number
  /** Bytes to remove from the front of the frame that was measured last, and length of its header. */
  strip = 0
  headerLength = 0
  readonly #field: LengthField
  readonly #fieldOffset: number
  readonly #adjustment: number
  readonly #fixedHeaderLength: number | undefined
  readonly #fixedStrip: number | undefined
  readonly #trailerLength: number

  constructor(layout: FrameLayout) {
    this.maxHeaderLength = layout.lengthFieldOffset + layout.lengthField.maxSize
    this.maxMessageLength = layout.maxMessageLength
    this.#field = layout.lengthField
    this.#fieldOffset = layout.lengthFieldOffset
    this.#adjustment = layout.lengthAdjustment
    this.#fixedHeaderLength = layout.headerLength
    this.#fixedStrip = layout.strip
    this.#trailerLength = layout.trailer.length
  }

  /**
   * Length of the frame that starts at index `start`, trailer included; `undefined` if its header does not end before
   * index `end`; {@link REFUSED} if no frame has such a header.
   */
  measure(bytes: Uint8Array, start: number, end: number): number | undefined {
    const fieldEnd = this.fieldEnd(bytes, start, end)
    if (fieldEnd === undefined) return undefined
    const headerLength = fieldEnd - start
    const rest = this.#field.read(bytes, start + this.#fieldOffset, fieldEnd) + this.#adjustment
    const strip = this.#fixedStrip ?? headerLength
    const length = headerLength + rest
    // Written so that NaN, which a field answers for bytes that are no length, is refused too.
    if (!(rest >= 0 && length >= strip && length - strip <= this.maxMessageLength && length <= MAX_LENGTH))
      return REFUSED
    this.strip = strip
    this.headerLength = headerLength
    return length + this.#trailerLength
  }

  /** Why {@link measure} refused the frame at the beginning of `bytes`, and what they might be instead. */
  explain(bytes: Uint8Array, place: FramePlace): FramingError {
    const end = this.fieldEnd(bytes, 0, bytes.length) ?? bytes.length
    const field = bytes.subarray(this.#fieldOffset, end)
    const rest = this.#field.read(bytes, this.#fieldOffset, end) + this.#adjustment
    const length = end + rest - (this.#fixedStrip ?? end)
    const limit = this.maxMessageLength
    const details = { ...place, hint: hintAt(bytes, this) }
    if (rest >= 0 && length > limit) return new MessageTooLargeError('read', { ...details, length, limit })
    const what = `Cannot read frame at offset ${place.offset}: length field ${hex(field)} (${this.#field.name})`
    if (!(rest <= MAX_LENGTH)) return new LengthInvalidError(`${what} is no valid length`, details)
    const told = Math.min(rest, length)
    return new LengthInvalidError(`${what} gives a length of ${told}`, { ...details, length: told })
  }

  /** Length of the frame at the beginning, with its length field read in the other byte order. */
  measureSwapped(bytes: Uint8Array): number | undefined {
    if (this.#fixedHeaderLength === undefined || this.#field.maxSize < 2) return undefined
    const swapped = bytes.slice(0, this.#fixedHeaderLength)
    swapped.subarray(this.#fieldOffset).reverse()
    return this.measure(swapped, 0, swapped.length)
  }

  /** Where the length field of the frame at index `start` ends; `undefined` if that is not before index `end`. */
  fieldEnd(bytes: Uint8Array, start: number, end: number): number | undefined {
    if (this.#fixedHeaderLength !== undefined) {
      const fieldEnd = start + this.#fixedHeaderLength
      return fieldEnd <= end ? fieldEnd : undefined
    }
    const fieldStart = start + this.#fieldOffset
    if (fieldStart >= end) return undefined
    const size = this.#field.measure?.(bytes, fieldStart, end)
    return size === undefined ? undefined : fieldStart + size
  }
}

const MAX_LENGTH = Number.MAX_SAFE_INTEGER
