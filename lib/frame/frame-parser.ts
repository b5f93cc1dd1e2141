import { FrameTruncatedError, LengthInvalidError, MessageTooLargeError } from '../errors.js'
import { allocate, assertBytes, ByteView, copyInto } from './bytes.js'
import { ChunkQueue } from './chunk-queue.js'
import { type FrameLayout, type FrameOptions, resolveFrameOptions } from './frame-options.js'

const NOTHING: Uint8Array = new ByteView(0)

/**
 * Turns chunks into messages: append what arrived, read what is complete, end when no more will come.
 *
 * A message inside one chunk is a view of it, a message spread over chunks is joined once, and nothing is allocated for
 * a length before its bytes are here. In Node the messages are Buffers. Chunks must not be changed while their messages
 * are in use.
 *
 * @example
 * const parser = new FrameParser({ lengthField: uint16be })
 * parser.append(Uint8Array.of(0, 2, 104, 105, 0))
 * for (const message of parser) console.log(message) // <Buffer 68 69>
 * parser.end() // throws ERR_FRAME_TRUNCATED: one byte of the next header is left
 */
export class FrameParser implements Iterable<Uint8Array> {
  readonly #layout: FrameLayout
  // The chunk being read, what is read of it, and the parts of it that are slow to ask for at every message.
  #chunk = NOTHING
  #position = 0
  #end = 0
  #memory = NOTHING.buffer
  #memoryOffset = 0
  // Chunks that arrived after it.
  readonly #queue = new ChunkQueue()
  // Bytes of the stream before the chunk being read, and frames before the one being read.
  #chunkOffset = 0
  #frameIndex = 0
  // Bytes to remove from the front of the frame that was measured last.
  #strip = 0

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: FrameOptions) {
    this.#layout = resolveFrameOptions(options)
  }

  /** Bytes that were appended and not yet read as part of a message. */
  get unreadLength(): number {
    return this.#end - this.#position + this.#queue.length
  }

  /**
   * Takes the bytes that arrived next. They are not copied, unless they are few and wait for others.
   *
   * @throws {TypeError} If `chunk` is no Uint8Array.
   */
  append(chunk: Uint8Array): void {
    assertBytes(chunk, 'append chunk')
    if (chunk.length === 0) return
    if (this.unreadLength === 0) this.#open(chunk)
    else this.#queue.push(chunk)
  }

  /**
   * The next complete message, or `undefined` until more bytes arrive.
   *
   * @throws {MessageTooLargeError} If the message is longer than `maxMessageLength`. The stream cannot be read further.
   * @throws {LengthInvalidError} If the length is none that a frame can have. The stream cannot be read further.
   */
  read(): Uint8Array | undefined {
    const start = this.#position
    const length = this.#frameLength(this.#chunk, start, this.#end)
    if (length === undefined || length > this.#end - start) return this.#readAcross(length)
    this.#position = start + length
    this.#frameIndex++
    const messageLength = length - this.#strip
    const view = new ByteView(this.#memory, this.#memoryOffset + start + this.#strip, messageLength)
    return this.#layout.copy ? copyOf(view) : view
  }

  /**
   * All complete messages, possibly none. When the bytes behind them are no frame, the messages are returned, and the
   * next call throws what {@link read} would.
   */
  readBatch(): Uint8Array[] {
    const batch: Uint8Array[] = []
    try {
      for (let message = this.read(); message !== undefined; message = this.read()) batch.push(message)
    } catch (error) {
      if (batch.length === 0) throw error
    }
    return batch
  }

  /** Iterates over the complete messages. Messages that a `break` leaves behind stay here. */
  [Symbol.iterator](): IterableIterator<Uint8Array, undefined> {
    const iterator: IterableIterator<Uint8Array, undefined> = {
      next: () => {
        const value = this.read()
        return value === undefined ? { done: true, value } : { done: false, value }
      },
      [Symbol.iterator]: () => iterator,
    }
    return iterator
  }

  /**
   * Says that no more bytes will come. Call it when all messages have been read.
   *
   * @throws {FrameTruncatedError} If bytes are left: a part of a header or of a payload.
   */
  end(): void {
    const length = this.unreadLength
    if (length > 0) throw new FrameTruncatedError({ ...this.#where(), length, limit: this.#nextFrameLength() })
  }

  #open(chunk: Uint8Array): void {
    this.#chunkOffset += this.#position
    this.#chunk = chunk
    this.#position = 0
    this.#end = chunk.length
    this.#memory = chunk.buffer
    this.#memoryOffset = chunk.byteOffset
  }

  // Reached when the rest of the chunk holds no whole frame; `length` is that of the frame, where its header is whole.
  #readAcross(length: number | undefined): Uint8Array | undefined {
    if (this.#queue.length === 0) {
      // Nothing is left: let go of the chunk's memory.
      if (this.#position === this.#end) this.#open(NOTHING)
      return undefined
    }
    if (this.#position === this.#end) {
      this.#open(this.#queue.shift()!)
      return this.read()
    }
    const whole = length ?? this.#nextFrameLength()
    if (whole === undefined || whole > this.unreadLength) return undefined
    return this.#join(whole)
  }

  // Takes a frame that begins in the chunk and ends in a later one.
  #join(length: number): Uint8Array {
    const message = allocate(length - this.#strip)
    this.#frameIndex++
    let skip = this.#strip
    let filled = 0
    for (let missing = length; missing > 0;) {
      if (this.#position === this.#end) this.#open(this.#queue.shift()!)
      const taken = Math.min(missing, this.#end - this.#position)
      const skipped = Math.min(skip, taken)
      copyInto(message, filled, this.#chunk.subarray(this.#position + skipped, this.#position + taken))
      filled += taken - skipped
      skip -= skipped
      missing -= taken
      this.#position += taken
    }
    return message
  }

  // Length of the next frame even if its header is cut; undefined while the header is not all here.
  #nextFrameLength(): number | undefined {
    const { lengthFieldOffset, lengthField } = this.#layout
    const header = allocate(Math.min(this.unreadLength, lengthFieldOffset + lengthField.maxSize))
    const inChunk = Math.min(header.length, this.#end - this.#position)
    copyInto(header, 0, this.#chunk.subarray(this.#position, this.#position + inChunk))
    this.#queue.peekInto(header, inChunk)
    return this.#frameLength(header, 0, header.length)
  }

  /** Length of the frame that starts at index `start`; undefined if its header does not end before index `end`. */
  #frameLength(bytes: Uint8Array, start: number, end: number): number | undefined {
    const layout = this.#layout
    const fieldStart = start + layout.lengthFieldOffset
    let fieldEnd: number
    if (layout.headerLength !== undefined) {
      fieldEnd = start + layout.headerLength
      if (fieldEnd > end) return undefined
    } else {
      if (fieldStart >= end) return undefined
      const size = layout.lengthField.measure(bytes, fieldStart, end)
      if (size === undefined) return undefined
      fieldEnd = fieldStart + size
    }
    const rest = layout.lengthField.read(bytes, fieldStart, fieldEnd) + layout.lengthAdjustment
    const length = fieldEnd - start + rest
    const strip = layout.strip ?? fieldEnd - start
    const messageLength = length - strip
    // Written so that NaN, which a field answers for bytes that are no length, is refused too.
    if (!(rest >= 0 && messageLength >= 0 && messageLength <= layout.maxMessageLength && length <= MAX_LENGTH)) {
      this.#refuse(bytes.subarray(fieldStart, fieldEnd), rest, messageLength)
    }
    this.#strip = strip
    return length
  }

  #refuse(field: Uint8Array, rest: number, messageLength: number): never {
    const { lengthField, maxMessageLength } = this.#layout
    const where = this.#where()
    if (rest >= 0 && messageLength > maxMessageLength) {
      throw new MessageTooLargeError('read', { ...where, length: messageLength, limit: maxMessageLength })
    }
    const what = `Cannot read frame at offset ${where.offset}: length field ${hex(field)} (${lengthField.name})`
    if (rest <= MAX_LENGTH) {
      const length = Math.min(rest, messageLength)
      throw new LengthInvalidError(`${what} gives a length of ${length}`, { ...where, length })
    }
    throw new LengthInvalidError(`${what} is no valid length`, where)
  }

  #where(): { offset: number; frameIndex: number } {
    return { offset: this.#chunkOffset + this.#position, frameIndex: this.#frameIndex }
  }
}

const MAX_LENGTH = Number.MAX_SAFE_INTEGER

function copyOf(view: Uint8Array): Uint8Array {
  const copy = allocate(view.length)
  copyInto(copy, 0, view)
  return copy
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
