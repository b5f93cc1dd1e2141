import { type FramingError, FrameTruncatedError, LengthInvalidError } from '../errors.js'
import { allocate, allocateShared, assertBytes, ByteView, copyInto, hex } from './bytes.js'
import { ChunkReader } from './chunk-reader.js'
import { HINT_LENGTH } from './hint.js'
import { FrameMeter, type FramePlace, REFUSED } from './frame-meter.js'
import { checkMaxMessageLength, type DecodeLayout, type DecodeOptions, resolveDecodeOptions } from './frame-options.js'

/** A message longer than `streamAbove`, while its pieces are being read. */
export interface LongMessageHead {
  /** Bytes of the whole message. */
  readonly length: number
  /** The header bytes that the layout keeps in the message. The first piece begins with them. */
  readonly header: Uint8Array
}

interface LongMessage extends LongMessageHead {
  readonly place: FramePlace
  // Bytes of the frame before the message, and bytes of the message that are not read.
  readonly strip: number
  missing: number
}

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
  readonly #layout: DecodeLayout
  readonly #meter: FrameMeter
  readonly #bytes = new ChunkReader()
  // Frames before the one being read.
  #frameIndex = 0
  // Bytes that must be unread before a frame that lies across chunks is worth another look.
  #needed = 0
  #long: LongMessage | undefined
  // Longest message that readInChunk takes, in bytes; negative inside a long message.
  #limitInChunk = 0
  #failure: FramingError | undefined

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: DecodeOptions) {
    this.#layout = resolveDecodeOptions(options)
    this.#meter = new FrameMeter(this.#layout)
    this.#setLimitInChunk()
  }

  /** Bytes that were appended and not yet read as part of a message. */
  get unreadLength(): number {
    return this.#bytes.unreadLength
  }

  /**
   * Longest message accepted from now on, in bytes.
   *
   * @throws {TypeError | RangeError} If it is set to something that the option could not be.
   */
  get maxMessageLength(): number {
    return this.#meter.maxMessageLength
  }

  set maxMessageLength(length: number) {
    checkMaxMessageLength(length)
    this.#meter.maxMessageLength = length
    this.#needed = 0
    this.#setLimitInChunk()
  }

  /** The long message whose pieces come next, once {@link read} has come upon it; until its last piece is read. */
  get long(): LongMessageHead | undefined {
    return this.#long !== undefined && this.#long.missing > 0 ? this.#long : undefined
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
   * The next message if it lies whole in one chunk, as most do. Otherwise `undefined`, which says nothing: ask
   * {@link read}. It never throws.
   *
   * Written for one layout alone, it would take a fifth less time for small messages.
   */
  readInChunk(): Uint8Array | undefined {
    const bytes = this.#bytes
    const { lengthField, lengthFieldOffset, lengthAdjustment, headerLength, strip, trailer, copy } = this.#layout
    const limit = this.#limitInChunk
    if (limit < 0) return undefined
    const start = bytes.position
    const fieldEnd =
      headerLength === undefined ? this.#meter.fieldEnd(bytes.chunk, start, bytes.end) : start + headerLength
    if (fieldEnd === undefined || fieldEnd > bytes.end) return undefined
    const rest = lengthField.read(bytes.chunk, start + lengthFieldOffset, fieldEnd) + lengthAdjustment
    const messageEnd = fieldEnd + rest
    const messageStart = strip === undefined ? fieldEnd : start + strip
    const length = messageEnd - messageStart
    // Written so that NaN, which a field answers for bytes that are no length, is left too.
    if (!(rest >= 0 && length >= 0 && length <= limit && messageEnd + trailer.length <= bytes.end)) return undefined
    if (trailer.length > 0 && !isAt(bytes.chunk, messageEnd, trailer)) return undefined
    bytes.position = messageEnd + trailer.length
    this.#frameIndex++
    const view = new ByteView(bytes.memory, bytes.memoryOffset + messageStart, length)
    return copy ? copyOf(view) : view
  }

  /**
   * The next complete messages, those of one chunk and at most `most`; none if there is none yet. Faster than one at a
   * time. Bytes behind them that are no frame are left to the next call.
   *
   * @throws What {@link read} throws.
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
    return new Messages(this)
  }

  /** The next piece of {@link long}, or `undefined` until more bytes arrive. */
  readPiece(): Uint8Array | undefined {
    const long = this.#long
    if (long === undefined || long.missing === 0 || this.unreadLength === 0) return undefined
    const piece = this.#bytes.takePiece(long.missing)
    long.missing -= piece.length
    return this.#layout.copy ? copyOf(piece) : piece
  }

  /**
   * Stops framing: gives back the bytes behind the message that was read last.
   *
   * @throws {TypeError} If that is inside a long message.
   */
  detach(): Uint8Array {
    if (this.#long !== undefined) throw new TypeError('Cannot detach inside a long message: read it to its end first')
    const rest = this.#bytes.peek(this.unreadLength)
    this.#bytes.clear()
    this.#needed = 0
    return rest
  }

  /**
   * Says that no more bytes will come. Call it when all messages have been read.
   *
   * @throws {FrameTruncatedError} If bytes are left: a part of a header or of a payload.
   */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#long !== undefined) {
      const { place, strip, length, missing } = this.#long
      const arrived = strip + length - missing + this.unreadLength
      const limit = strip + length + this.#layout.trailer.length
      throw new FrameTruncatedError({ ...place, length: arrived, limit })
    }
    const length = this.unreadLength
    if (length > 0) throw new FrameTruncatedError({ ...this.#place(), length, limit: this.#measureAcross() })
  }

  // What readInChunk leaves: a frame that is not whole, lies across chunks, is too long or is none.
  #readAcross(): Uint8Array | undefined {
    if (!this.#mayRead()) return undefined
    const bytes = this.#bytes
    if (bytes.position === bytes.end) return bytes.advance() ? this.read() : undefined
    const whole = this.#measureAcross()
    this.#needed = whole ?? bytes.unreadLength + 1
    if (whole === undefined) return undefined
    if (whole === REFUSED)
      this.#fail(this.#meter.explain(bytes.peek(this.#meter.maxHeaderLength + HINT_LENGTH), this.#place()))
    const { trailer, streamAbove, copy } = this.#layout
    const { strip } = this.#meter
    const messageLength = whole - trailer.length - strip
    if (messageLength > streamAbove) {
      this.#needed = 0
      this.#beginLong(messageLength)
      return undefined
    }
    if (whole > bytes.unreadLength) return undefined
    this.#needed = 0
    const place = this.#place()
    bytes.skip(strip)
    const message = bytes.takeInto(copy ? allocate(messageLength) : allocateShared(messageLength))
    if (trailer.length > 0) this.#checkTrailer(bytes.takeInto(allocate(trailer.length)), place)
    this.#frameIndex++
    return message
  }

  // Length of the next frame even if its header is cut; undefined while the header is not all here.
  #measureAcross(): number | undefined {
    const { chunk, position, end } = this.#bytes
    const length = this.#meter.measure(chunk, position, end)
    if (length !== undefined) return length
    const header = this.#bytes.peek(this.#meter.maxHeaderLength)
    return this.#meter.measure(header, 0, header.length)
  }

  // Waits for all that is stripped: what is left of the frame is the message.
  #beginLong(length: number): void {
    const { strip, headerLength } = this.#meter
    if (this.#bytes.unreadLength < strip) return
    const place = this.#place()
    this.#bytes.skip(strip)
    const header = this.#bytes.peek(Math.max(headerLength - strip, 0))
    this.#long = { length, header, place, strip, missing: length }
    this.#setLimitInChunk()
  }

  /** Whether a frame begins at the place that is read next, and may be here whole. */
  #mayRead(): boolean {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#long !== undefined && !this.#endLong(this.#long)) return false
    return this.#bytes.unreadLength >= this.#needed
  }

  /** `true` if the long message is over, which it is when its trailer is. */
  #endLong({ missing, place }: LongMessage): boolean {
    const { trailer } = this.#layout
    if (missing > 0 || this.unreadLength < trailer.length) return false
    if (trailer.length > 0) this.#checkTrailer(this.#bytes.takeInto(allocate(trailer.length)), place)
    this.#long = undefined
    this.#setLimitInChunk()
    this.#frameIndex++
    return true
  }

  #checkTrailer(found: Uint8Array, place: FramePlace): void {
    const { trailer } = this.#layout
    if (isAt(found, 0, trailer)) return
    const what = `Cannot read frame at offset ${place.offset}`
    this.#fail(new LengthInvalidError(`${what}: expected it to end with ${hex(trailer)}, got ${hex(found)}`, place))
  }

  #setLimitInChunk(): void {
    this.#limitInChunk =
      this.#long === undefined ? Math.min(this.#meter.maxMessageLength, this.#layout.streamAbove) : -1
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

// A class: an object with closures costs more than reading a message that is not there yet.
class Messages implements IterableIterator<Uint8Array, undefined> {
  readonly #parser: FrameParser

  constructor(parser: FrameParser) {
    this.#parser = parser
  }

  next(): IteratorResult<Uint8Array, undefined> {
    const value = this.#parser.read()
    return value === undefined ? { done: true, value } : { done: false, value }
  }

  [Symbol.iterator](): this {
    return this
  }
}

function copyOf(view: Uint8Array): Uint8Array {
  const copy = allocate(view.length)
  copyInto(copy, 0, view)
  return copy
}

function isAt(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  return expected.every((byte, i) => byte === bytes[start + i])
}
