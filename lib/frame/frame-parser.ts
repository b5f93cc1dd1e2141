import { type FramingError, FrameTruncatedError, LengthInvalidError, MessageTooLargeError } from '../errors.js'
import { allocate, assertBytes, ByteView, copyInto } from './bytes.js'
import { ChunkQueue } from './chunk-queue.js'
import { type FrameOptions, resolveFrameOptions } from './frame-options.js'
import type { LengthField } from './length-field.js'

/** Where a frame is in its stream. */
interface Where {
  readonly offset: number
  readonly frameIndex: number
}

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
  // The layout, spread out: one load less for each of them at every message.
  readonly #field: LengthField
  readonly #fieldOffset: number
  readonly #adjustment: number
  readonly #fixedHeaderLength: number | undefined
  readonly #fixedStrip: number | undefined
  readonly #trailer: Uint8Array
  readonly #copy: boolean
  readonly #maxMessageLength: number
  readonly #isPlain: boolean
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
  #failure: FramingError | undefined

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: FrameOptions) {
    const layout = resolveFrameOptions(options)
    this.#field = layout.lengthField
    this.#fieldOffset = layout.lengthFieldOffset
    this.#adjustment = layout.lengthAdjustment
    this.#fixedHeaderLength = layout.headerLength
    this.#fixedStrip = layout.strip
    this.#trailer = layout.trailer
    this.#copy = layout.copy
    this.#maxMessageLength = layout.maxMessageLength
    this.#isPlain = layout.headerLength !== undefined && layout.trailer.length === 0 && !layout.copy
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
    if (chunk.length === 0 || this.#failure !== undefined) return
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
    const end = start + length - this.#trailer.length
    if (this.#trailer.length > 0) this.#checkTrailer(this.#chunk.subarray(end, start + length), this.#where())
    this.#position = start + length
    this.#frameIndex++
    const messageStart = start + this.#strip
    const view = new ByteView(this.#memory, this.#memoryOffset + messageStart, end - messageStart)
    return this.#copy ? copyOf(view) : view
  }

  /**
   * Gives the complete messages to `deliver`, one after the other, until it answers `false`. Faster than {@link read}, which
   * `deliver` must not call.
   *
   * @returns `false` if `deliver` did, `true` if no complete message is left.
   * @throws What {@link read} throws, after the messages before it were delivered.
   */
  readEach(deliver: (message: Uint8Array) => boolean): boolean {
    if (this.#isPlain && !this.#readPlain(deliver)) return false
    for (let message = this.read(); message !== undefined; message = this.read()) if (!deliver(message)) return false
    return true
  }

  /**
   * All complete messages, possibly none. When the bytes behind them are no frame, the messages are returned, and the
   * next call throws what {@link read} would.
   */
  readBatch(): Uint8Array[] {
    const batch: Uint8Array[] = []
    try {
      this.readEach((message) => {
        batch.push(message)
        return true
      })
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
    if (this.#failure !== undefined) throw this.#failure
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

  // The same as read() for the messages inside the chunk, where a header has always the same size and nothing but a view
  // is asked for. With the layout in locals, 64-byte messages cost what they do in a parser written for one layout; read()
  // costs 1.5 times that (benchmarks/memory.ts). What it leaves, whole or not, good or not, is for read() to judge.
  #readPlain(deliver: (message: Uint8Array) => boolean): boolean {
    const chunk = this.#chunk
    const end = this.#end
    const memory = this.#memory
    const memoryOffset = this.#memoryOffset
    const field = this.#field
    const fieldOffset = this.#fieldOffset
    const adjustment = this.#adjustment
    const headerLength = this.#fixedHeaderLength ?? 0
    const strip = this.#fixedStrip ?? 0
    const longest = this.#maxMessageLength + strip
    let start = this.#position
    for (;;) {
      const fieldEnd = start + headerLength
      if (fieldEnd > end) return true
      const rest = field.read(chunk, start + fieldOffset, fieldEnd) + adjustment
      const length = headerLength + rest
      if (!(rest >= 0 && length >= strip && length <= longest)) return true
      if (start + length > end) return true
      start += length
      this.#position = start
      this.#frameIndex++
      const view = new ByteView(memory, memoryOffset + start - length + strip, length - strip)
      if (!deliver(view)) return false
    }
  }

  // Reached when the rest of the chunk holds no whole frame; `length` is that of the frame, where its header is whole.
  #readAcross(length: number | undefined): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure
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
    const where = this.#where()
    const message = this.#take(whole - this.#trailer.length, this.#strip)
    if (this.#trailer.length > 0) this.#checkTrailer(this.#take(this.#trailer.length, 0), where)
    this.#frameIndex++
    return message
  }

  // Takes the next `length` bytes but the first `strip` of them, from as many chunks as they lie in.
  #take(length: number, strip: number): Uint8Array {
    const joined = allocate(length - strip)
    for (let taken = 0; taken < length;) {
      if (this.#position === this.#end) this.#open(this.#queue.shift()!)
      const step = Math.min(length - taken, this.#end - this.#position)
      const skip = Math.min(Math.max(strip - taken, 0), step)
      const part = this.#chunk.subarray(this.#position + skip, this.#position + step)
      copyInto(joined, taken + skip - strip, part)
      taken += step
      this.#position += step
    }
    return joined
  }

  // Length of the next frame even if its header is cut; undefined while the header is not all here.
  #nextFrameLength(): number | undefined {
    const header = allocate(Math.min(this.unreadLength, this.#fieldOffset + this.#field.maxSize))
    const inChunk = Math.min(header.length, this.#end - this.#position)
    copyInto(header, 0, this.#chunk.subarray(this.#position, this.#position + inChunk))
    this.#queue.peekInto(header, inChunk)
    return this.#frameLength(header, 0, header.length)
  }

  /** Length of the frame that starts at index `start`; undefined if its header does not end before index `end`. */
  #frameLength(bytes: Uint8Array, start: number, end: number): number | undefined {
    const fieldStart = start + this.#fieldOffset
    let fieldEnd: number
    if (this.#fixedHeaderLength !== undefined) {
      fieldEnd = start + this.#fixedHeaderLength
      if (fieldEnd > end) return undefined
    } else {
      if (fieldStart >= end) return undefined
      const size = this.#field.measure(bytes, fieldStart, end)
      if (size === undefined) return undefined
      fieldEnd = fieldStart + size
    }
    const rest = this.#field.read(bytes, fieldStart, fieldEnd) + this.#adjustment
    const strip = this.#fixedStrip ?? fieldEnd - start
    const length = fieldEnd - start + rest
    // Written so that NaN, which a field answers for bytes that are no length, is refused too.
    if (!(rest >= 0 && length >= strip && length - strip <= this.#maxMessageLength && length <= MAX_LENGTH)) {
      this.#refuse(bytes.subarray(fieldStart, fieldEnd), rest, length - strip)
    }
    this.#strip = strip
    return length + this.#trailer.length
  }

  #refuse(field: Uint8Array, rest: number, messageLength: number): never {
    const where = this.#where()
    const limit = this.#maxMessageLength
    if (rest >= 0 && messageLength > limit) {
      this.#fail(new MessageTooLargeError('read', { ...where, length: messageLength, limit }))
    }
    const what = `Cannot read frame at offset ${where.offset}: length field ${hex(field)} (${this.#field.name})`
    if (rest <= MAX_LENGTH) {
      const length = Math.min(rest, messageLength)
      this.#fail(new LengthInvalidError(`${what} gives a length of ${length}`, { ...where, length }))
    }
    this.#fail(new LengthInvalidError(`${what} is no valid length`, where))
  }

  #checkTrailer(found: Uint8Array, where: Where): void {
    if (found.every((byte, i) => byte === this.#trailer[i])) return
    const message = `Cannot read frame at offset ${where.offset}: expected it to end with ${hex(this.#trailer)}, got ${hex(found)}`
    this.#fail(new LengthInvalidError(message, where))
  }

  // Where the next frame starts is not known any more: nothing behind it can be read.
  #fail(error: FramingError): never {
    this.#failure = error
    this.#queue.clear()
    this.#open(NOTHING)
    throw error
  }

  #where(): Where {
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
