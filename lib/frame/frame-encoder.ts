import { LengthInvalidError, MessageTooLargeError } from '../errors.js'
import { allocate, assertBytes, ByteView, copyInto, describe } from './bytes.js'
import { type EncodeOptions, type FrameLayout, resolveFrameOptions } from './frame-options.js'

/**
 * Turns messages into frames: the inverse of `FrameParser` with the same options.
 *
 * A frame is a prefix and a body. The prefix is the stripped bytes and the header; the body is the part of the message
 * that goes out unchanged, which is all of it unless the layout keeps header bytes in the message.
 *
 *     initialBytesToStrip: 'header'   +------ prefix: header ------+---- body: message ----+
 *     initialBytesToStrip: 0          +- prefix: header, filled in +- body: rest of message+
 */
export class FrameEncoder {
  /** Bytes that end every frame; commonly none. */
  readonly trailer: Uint8Array
  readonly #layout: FrameLayout
  // What the prefix holds outside the length field; undefined where it holds nothing else.
  readonly #template: Uint8Array | undefined
  // What `measure` found out about a message, for the write that follows.
  #value = 0
  #fieldSize = 0

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options: EncodeOptions = {}) {
    this.#layout = resolveFrameOptions(options)
    this.trailer = this.#layout.trailer
    this.#template = resolveTemplate(options.header, this.#layout)
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
    const frame = allocate(prefixLength + message.length - bodyStart + this.trailer.length)
    this.writePrefix(message, frame, 0)
    frame.set(bodyStart === 0 ? message : message.subarray(bodyStart), prefixLength)
    if (this.trailer.length > 0) frame.set(this.trailer, frame.length - this.trailer.length)
    return frame
  }

  /** Most bytes of a message that its prefix holds: those of the header that the layout keeps. */
  get longestKept(): number {
    const { lengthField, lengthFieldOffset, strip } = this.#layout
    return strip === undefined ? 0 : Math.max(lengthFieldOffset + lengthField.maxSize - strip, 0)
  }

  /**
   * Checks a message and returns how many bytes its prefix has. Throws what {@link encode} throws.
   *
   * @param message The message, or its first {@link longestKept} bytes.
   * @param length Bytes of the whole message.
   */
  measure(message: Uint8Array, length: number = message.length): number {
    assertBytes(message, 'encode message')
    const { lengthField, lengthFieldOffset, lengthAdjustment, strip, maxMessageLength } = this.#layout
    if (length > maxMessageLength) throw new MessageTooLargeError('write', { length, limit: maxMessageLength })
    const fieldSize =
      strip === undefined ? lengthField.sizeOf(length - lengthAdjustment) : this.#fieldSizeIn(message, length, strip)
    const headerLength = lengthFieldOffset + fieldSize
    const prefixLength = strip === undefined ? headerLength : Math.max(strip, headerLength)
    const rest = length + (strip ?? headerLength) - headerLength
    const value = rest - lengthAdjustment
    if (value > lengthField.maxValue) {
      throw new MessageTooLargeError('write', { length, limit: length - (value - lengthField.maxValue) })
    }
    if (rest < 0 || value < 0) {
      throw new LengthInvalidError(
        `Cannot write message: a length of ${length} would make its length field say ${Math.min(rest, value)}`,
        { length },
      )
    }
    this.#value = value
    this.#fieldSize = fieldSize
    return prefixLength
  }

  /** Where in a message the body starts, whose prefix has `prefixLength` bytes. */
  bodyStart(prefixLength: number): number {
    return this.#layout.strip === undefined ? 0 : prefixLength - this.#layout.strip
  }

  /** Writes the prefix of the message that {@link measure} has just been asked about into `target`, from index `at`. */
  writePrefix(message: Uint8Array, target: Uint8Array, at: number): void {
    const { lengthField, lengthFieldOffset, strip } = this.#layout
    const fieldStart = at + lengthFieldOffset
    const fieldEnd = fieldStart + this.#fieldSize
    if (this.#template !== undefined) copyInto(target, at, this.#template)
    if (strip !== undefined && at + strip < fieldEnd) {
      copyInto(target, at + strip, message.subarray(0, fieldEnd - at - strip))
    }
    lengthField.write(target, fieldStart, fieldEnd, this.#value)
  }

  // A field that varies in size and is part of the message keeps the size that it has there.
  #fieldSizeIn(message: Uint8Array, length: number, strip: number): number {
    const { lengthField, lengthFieldOffset } = this.#layout
    if (lengthField.minSize === lengthField.maxSize) return lengthField.maxSize
    const start = lengthFieldOffset - strip
    const size = start < message.length ? lengthField.measure?.(message, start, message.length) : undefined
    const value = length - start - (size ?? 0) - this.#layout.lengthAdjustment
    if (size === undefined || (value >= 0 && value <= lengthField.maxValue && lengthField.sizeOf(value) !== size)) {
      throw new LengthInvalidError(
        `Cannot write message: it has ${size ?? 'no'} bytes for a ${lengthField.name} that says ${value}`,
        { length },
      )
    }
    return size
  }
}

/**
 * One whole frame around `message`. For many messages, make one {@link FrameEncoder}.
 *
 * @throws {TypeError | RangeError} If `message` is no Uint8Array, or the options cannot work.
 * @throws {FramingError} If the message is too long for the layout, or no length would describe it.
 */
export function encodeFrame(message: Uint8Array, options?: EncodeOptions): Uint8Array {
  return new FrameEncoder(options).encode(message)
}

function resolveTemplate(header: Uint8Array | undefined, layout: FrameLayout): Uint8Array | undefined {
  const { lengthFieldOffset, strip = lengthFieldOffset } = layout
  if (header === undefined) {
    // Nothing but the field itself is put back: there is nothing to prepare.
    const onlyField = lengthFieldOffset === 0 && strip <= (layout.headerLength ?? 0)
    return onlyField || strip === 0 ? undefined : new ByteView(strip)
  }
  assertBytes(header, 'use header')
  if (header.length === strip) return new ByteView(header)
  if (header.length === lengthFieldOffset && strip === layout.headerLength) {
    // All of it, since a field may look at the bytes that it is written over.
    const template = new ByteView(strip)
    template.set(header)
    return template
  }
  throw new RangeError(
    `Cannot use header: expected ${strip} bytes, as many as are stripped, got ${describe(header.length)}`,
  )
}
