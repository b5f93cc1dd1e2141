import { assertBytes } from '../arguments.js'
import { LengthInvalidError, MessageTooLargeError } from '../errors.js'
import { type FrameLayout, resolveLayout } from './frame-layout.js'
import { fieldEndAt } from './frame-meter.js'
import type { EncodeOptions } from './frame-options.js'
import { allocate, copyInto } from './memory.js'

/**
 * Turns messages into frames: the inverse of `FrameParser` with the same options. It keeps nothing between calls.
 *
 * A frame is a prefix and a body. The prefix is the stripped bytes and the header; the body is the part of the message
 * that goes out unchanged, which is all of it unless the layout keeps header bytes in the message.
 *
 *     initialBytesToStrip: 'header'   +------ prefix: header ------+---- body: message ----+
 *     initialBytesToStrip: 0          +- prefix: header, filled in +- body: rest of message+
 */
export class FrameEncoder {
  readonly #layout: FrameLayout

  /**
   * @throws {TypeError} If an option is unknown or has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: EncodeOptions) {
    this.#layout = resolveLayout(options)
  }

  /** Bytes that end every frame; commonly none. */
  get trailer(): Uint8Array {
    return this.#layout.trailer
  }

  /** Longest message that it takes, in bytes, as far as the limit says; the length field may say less. */
  get maxMessageLength(): number {
    return this.#layout.maxMessageLength
  }

  /** Most bytes of a message that its prefix holds: those of the header that the layout keeps. */
  get longestKept(): number {
    const { maxHeaderLength, strip } = this.#layout
    return strip === undefined ? 0 : Math.max(maxHeaderLength - strip, 0)
  }

  /**
   * The frame of one message, in memory of its own.
   *
   * @throws {TypeError} If `message` is no Uint8Array.
   * @throws {MessageTooLargeError} If `message` is longer than `maxMessageLength`, or than the length field can say.
   * @throws {LengthInvalidError} If no length would describe `message` in this layout.
   */
  encode(message: Uint8Array): Uint8Array {
    const prefixLength = this.measure(message)
    const bodyStart = this.bodyStart(prefixLength)
    const { trailer } = this.#layout
    const frame = allocate(prefixLength + message.length - bodyStart + trailer.length)
    this.writePrefix(message, message.length, frame, 0, prefixLength)
    frame.set(bodyStart === 0 ? message : message.subarray(bodyStart), prefixLength)
    if (trailer.length > 0) frame.set(trailer, frame.length - trailer.length)
    return frame
  }

  /**
   * Checks a message and returns how many bytes its prefix has. Throws what {@link encode} throws.
   *
   * @param message The message, or its first {@link longestKept} bytes.
   * @param wholeLength Bytes of the whole message; those of `message` if left out.
   */
  measure(message: Uint8Array, wholeLength?: number): number {
    assertBytes(message, 'encode message')
    const layout = this.#layout
    const length = wholeLength ?? message.length
    const headerLength = layout.headerLength ?? this.#measureHeader(message, length)
    const strip = layout.strip ?? headerLength
    const rest = length + strip - headerLength
    const value = rest - layout.lengthAdjustment
    const isWritable = rest >= 0 && value >= 0 && value <= layout.lengthField.maxValue
    if (length > layout.maxMessageLength || !isWritable) this.#refuse(message, length, headerLength)
    return Math.max(strip, headerLength)
  }

  /** Where in a message the body starts, whose prefix has `prefixLength` bytes. */
  bodyStart(prefixLength: number): number {
    const { strip } = this.#layout
    return strip === undefined ? 0 : prefixLength - strip
  }

  /**
   * Writes the prefix of a message into `target`, from index `at`.
   *
   * @param message What {@link measure} was given.
   * @param length Bytes of the whole message.
   * @param prefixLength What `measure` answered.
   */
  writePrefix(message: Uint8Array, length: number, target: Uint8Array, at: number, prefixLength: number): void {
    const layout = this.#layout
    const headerLength = layout.headerLength ?? prefixLength
    const strip = layout.strip ?? headerLength
    const value = length + strip - headerLength - layout.lengthAdjustment
    if (layout.template !== undefined) copyInto(target, at, layout.template)
    if (strip < headerLength) {
      copyInto(target, at + strip, message, 0, headerLength - strip)
      // Of several forms of a length, a message that was decoded keeps its own.
      if (this.#says(value, message, headerLength)) return
    }
    layout.lengthField.write(target, at + layout.lengthFieldOffset, at + headerLength, value)
  }

  // Where a field varies in size.
  #measureHeader(message: Uint8Array, length: number): number {
    const { lengthField, lengthFieldOffset, lengthAdjustment, strip, maxMessageLength } = this.#layout
    if (length > maxMessageLength) throw new MessageTooLargeError('write', { length, limit: maxMessageLength })
    if (strip === undefined) return lengthFieldOffset + lengthField.sizeOf(length - lengthAdjustment)
    // A field that is part of the message keeps the size that it has there.
    const start = lengthFieldOffset - strip
    const end = fieldEndAt(this.#layout, message, -strip, message.length)
    if (typeof end !== 'number') {
      throw new LengthInvalidError(`Cannot write message: no ${lengthField.name} stands whole at its byte ${start}`, {
        length,
      })
    }
    const value = length - end - lengthAdjustment
    const isInRange = value >= 0 && value <= lengthField.maxValue
    if (isInRange && lengthField.sizeOf(value) !== end - start && !this.#says(value, message, strip + end)) {
      throw new LengthInvalidError(
        `Cannot write message: it has ${end - start} bytes for a ${lengthField.name} that says ${value}`,
        { length },
      )
    }
    return strip + end
  }

  // Throws, unless a field that stands in the message says more than it could be told to write.
  #refuse(message: Uint8Array, length: number, headerLength: number): void {
    const { lengthField, lengthAdjustment, strip = headerLength, maxMessageLength } = this.#layout
    if (length > maxMessageLength) throw new MessageTooLargeError('write', { length, limit: maxMessageLength })
    const rest = length + strip - headerLength
    const value = rest - lengthAdjustment
    if (rest < 0 || value < 0) {
      throw new LengthInvalidError(
        `Cannot write message: a length of ${length} would make its length field say ${Math.min(rest, value)}`,
        { length },
      )
    }
    if (this.#says(value, message, headerLength)) return
    throw new MessageTooLargeError('write', { length, limit: length - (value - lengthField.maxValue) })
  }

  /** Whether the length field is part of the message, and says the value there. */
  #says(value: number, message: Uint8Array, headerLength: number): boolean {
    const { lengthField, lengthFieldOffset, strip } = this.#layout
    if (strip === undefined || strip > lengthFieldOffset) return false
    return lengthField.read(message, lengthFieldOffset - strip, headerLength - strip) === value
  }
}
