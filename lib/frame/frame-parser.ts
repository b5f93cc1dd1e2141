import { assertBytes } from '../arguments.js'
import type { FramingError } from '../errors.js'
import { ChunkReader } from './chunk-reader.js'
import { checkMaxMessageLength, type FrameLayout, resolveLayout } from './frame-layout.js'
import { explainEnd, explainRefusal, explainTrailer, fieldEndAt, measureFrame } from './frame-meter.js'
import type { FramePlace, FrameSize } from './frame-meter.js'
import type { DecodeOptions } from './frame-options.js'
import { HINT_LENGTH } from './hint.js'
import { LongFrameReader } from './long-frame-reader.js'
import type { LongMessageHead } from './long-message.js'
import { allocate, allocateShared, ByteView, copyOf, isAt } from './memory.js'
import { ReadIterator } from './read-iterator.js'

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
  readonly #bytes = new ChunkReader()
  // Frames before the one being read.
  #frameIndex = 0
  // Before so many bytes have arrived in all, the frame is not measured again: one look for each chunk at most.
  #measureFrom = 0
  #long: LongFrameReader | undefined
  #maxMessageLength = 0
  // Longest message that readInChunk takes, in bytes.
  #limitInChunk = 0
  #failure: FramingError | undefined

  /** @throws {TypeError | RangeError} If an option is unknown, wrong or out of range, or options cannot work together. */
  constructor(options?: DecodeOptions) {
    this.#layout = resolveLayout(options)
    this.maxMessageLength = this.#layout.maxMessageLength
  }

  /** Bytes that were appended and not yet read as part of a message. */
  get unreadLength(): number {
    return this.#bytes.unreadLength
  }

  /** @internal Bytes that the frame being read lacks, as far as it tells. 0 inside a long one, whose pieces come as they are. */
  get missingLength(): number {
    return Math.max(this.#measureFrom - this.#bytes.arrivedLength, 0)
  }

  /** @internal Copies what is unread to the front of `place`, and reads on there: what comes next may lie behind it. */
  moveTo(place: Uint8Array): void {
    this.#bytes.moveTo(place)
  }

  /** Longest message accepted from now on, in bytes. @throws {TypeError | RangeError} If it is set to what the option cannot be. */
  get maxMessageLength(): number {
    return this.#maxMessageLength
  }

  set maxMessageLength(length: number) {
    checkMaxMessageLength(length)
    this.#maxMessageLength = length
    this.#limitInChunk = Math.min(length, this.#layout.streamAbove)
    this.#measureFrom = 0
  }

  /** The long message whose pieces come next, once {@link read} has come upon it; until its last piece is read. */
  get long(): LongMessageHead | undefined {
    return this.#long?.isRead === false ? this.#long : undefined
  }

  /**
   * Takes the bytes that arrived next. They are not copied, unless they are few and wait for others.
   *
   * @throws {TypeError} If `chunk` is no Uint8Array.
   */
  append(chunk: Uint8Array): void {
    assertBytes(chunk, 'append chunk')
    if (chunk.length > 0 && this.#failure === undefined) this.#bytes.append(chunk)
  }

  /**
   * The next complete message, or `undefined` until more bytes arrive, or while {@link long} is there.
   *
   * @throws {MessageTooLargeError} If the message is longer than `maxMessageLength`. The stream cannot be read further.
   * @throws {LengthInvalidError} If the length is none that a frame can have. The stream cannot be read further.
   */
  read(): Uint8Array | undefined {
    return this.readInChunk() ?? this.#readAcross()
  }

  /**
   * The next message if it lies whole in one chunk, as most do. `undefined` only means that this fast path does not
   * apply: call {@link read}. It never throws.
   */
  readInChunk(): Uint8Array | undefined {
    if (this.#long !== undefined) return undefined
    const bytes = this.#bytes
    const layout = this.#layout
    const start = bytes.position
    const { headerLength, strip } = layout
    const fieldEnd =
      headerLength === undefined ? fieldEndAt(layout, bytes.chunk, start, bytes.end) : start + headerLength
    if (typeof fieldEnd !== 'number' || fieldEnd > bytes.end) return undefined
    // The law of frame-meter.ts: keep them in step.
    const value = layout.lengthField.read(bytes.chunk, start + layout.lengthFieldOffset, fieldEnd)
    const messageEnd = fieldEnd + value + layout.lengthAdjustment
    const messageStart = strip === undefined ? fieldEnd : start + strip
    const length = messageEnd - messageStart
    // NaN is left too, which a field answers for bytes that are no length, and so are fractions and negative numbers.
    const isWhole = length >>> 0 === length && messageEnd >= fieldEnd && messageEnd <= bytes.end
    if (!isWhole || length > this.#limitInChunk) return undefined
    if (!layout.hasTrailer) bytes.position = messageEnd
    else if (!this.#passTrailer(messageEnd)) return undefined
    this.#frameIndex++
    const view = new ByteView(bytes.memory, bytes.memoryOffset + messageStart, length)
    return layout.copy ? copyOf(view) : view
  }

  /**
   * The next complete messages, those of one chunk and at most `most`; none if there is none yet. Faster than one at a
   * time. Bytes behind them that are no frame are left to the next call. Throws what {@link read} throws.
   */
  readBatch(most?: number): Uint8Array[] {
    const batch: Uint8Array[] = []
    for (;;) {
      const message = this.readInChunk() ?? (batch.length === 0 ? this.#readAcross() : undefined)
      if (message === undefined || batch.push(message) === most) return batch
    }
  }

  /** Iterates over the complete messages. Messages that a `break` leaves behind stay here. */
  [Symbol.iterator](): IterableIterator<Uint8Array, undefined> {
    return new ReadIterator(this)
  }

  /** The next piece of {@link long}, or `undefined` until more bytes arrive. */
  readPiece(): Uint8Array | undefined {
    return this.#long?.readPiece()
  }

  /** Stops framing: gives back the bytes behind the last message. @throws {TypeError} If that is inside a long message. */
  detach(): Uint8Array {
    if (!this.#passLong()) throw new TypeError('Cannot detach inside a long message: read it to its end first')
    const rest = this.#bytes.peek(this.unreadLength)
    this.#bytes.clear()
    this.#measureFrom = 0
    return rest
  }

  /**
   * Says that no more bytes will come. Call it when all messages have been read.
   *
   * @throws {FrameTruncatedError} If bytes are left: a part of a header or of a payload.
   * @throws {TypeError} If a whole message is left.
   */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure
    const long = this.#passLong() ? undefined : this.#long
    const limit = (long ?? this.#measureAcross())?.frameLength
    const length = this.unreadLength + (long?.readLength ?? 0)
    if (length > 0) throw explainEnd(long?.place ?? this.#place(), length, limit)
  }

  // A function of its own, so that readInChunk is small enough for the compiler to put it, and what a loop does with each
  // message, into that loop: 1.4 times the time there, where it has not (benchmarks/memory.ts).
  #passTrailer(messageEnd: number): boolean {
    const bytes = this.#bytes
    const { trailer } = this.#layout
    const end = messageEnd + trailer.length
    if (end > bytes.end || !isAt(bytes.chunk, messageEnd, trailer)) return false
    bytes.position = end
    return true
  }

  // What readInChunk leaves: a frame that is not whole, lies across chunks, is too long or is none.
  #readAcross(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure
    const bytes = this.#bytes
    if (!this.#passLong() || bytes.arrivedLength < this.#measureFrom) return undefined
    if (bytes.position === bytes.end) return bytes.advance() ? this.read() : undefined
    const size = this.#measureAcross()
    const { streamAbove } = this.#layout
    const isLong = size !== undefined && size.messageLength > streamAbove
    // Of a long message, all that is stripped has to be here: what is left of the frame is the message.
    const needed = isLong ? size.strip : (size?.frameLength ?? bytes.unreadLength + 1)
    this.#measureFrom = bytes.offset + needed
    if (size === undefined || bytes.unreadLength < needed) return undefined
    this.#measureFrom = 0
    if (!isLong) return this.#readWhole(size)
    this.#long = new LongFrameReader(bytes, this.#layout, size, this.#place())
    return undefined
  }

  #readWhole({ strip, messageLength }: FrameSize): Uint8Array {
    const place = this.#place()
    this.#bytes.skip(strip)
    const { copy, trailer } = this.#layout
    const message = this.#bytes.takeInto(copy ? allocate(messageLength) : allocateShared(messageLength))
    this.#endFrame(trailer.length > 0 ? this.#bytes.takeInto(allocate(trailer.length)) : trailer, place)
    return message
  }

  // Size of the next frame even if its header is cut; undefined while the header is not all here.
  #measureAcross(): FrameSize | undefined {
    const bytes = this.#bytes
    const [layout, limit] = [this.#layout, this.#maxMessageLength]
    let size = measureFrame(layout, bytes.chunk, bytes.position, bytes.end, limit)
    if (size === undefined) {
      const header = bytes.peek(layout.maxHeaderLength)
      size = measureFrame(layout, header, 0, header.length, limit)
    }
    if (size !== 'refused') return size
    const refused = bytes.peek(layout.maxHeaderLength + HINT_LENGTH)
    return this.#fail(explainRefusal(layout, refused, this.#place(), limit))
  }

  /** Goes on behind a long message once its trailer has been read; `false` while it is not over. */
  #passLong(): boolean {
    if (this.#long === undefined) return true
    const trailer = this.#long.readTrailer()
    if (trailer === undefined) return false
    const { place } = this.#long
    this.#long = undefined
    this.#endFrame(trailer, place)
    return true
  }

  #endFrame(trailer: Uint8Array, place: FramePlace): void {
    if (!isAt(trailer, 0, this.#layout.trailer)) this.#fail(explainTrailer(this.#layout, trailer, place))
    this.#frameIndex++
  }

  // Where the next frame starts is not known any more: nothing behind it can be read.
  #fail(error: FramingError): never {
    this.#failure = error
    this.#bytes.clear()
    throw error
  }

  #place(): FramePlace {
    return { offset: this.#bytes.offset, frameIndex: this.#frameIndex }
  }
}
