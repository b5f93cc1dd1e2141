import type { ChunkReader } from './chunk-reader.js'
import type { FrameLayout } from './frame-layout.js'
import type { FramePlace, FrameSize } from './frame-meter.js'
import type { LongMessageHead } from './long-message.js'
import { allocate, copyOf } from './memory.js'

/** Reads the pieces of one message longer than `streamAbove`, as they arrive, and the trailer behind it. */
export class LongFrameReader implements LongMessageHead {
  readonly length: number
  readonly header: Uint8Array
  readonly place: FramePlace
  readonly #bytes: ChunkReader
  readonly #layout: FrameLayout
  readonly #size: FrameSize
  // Bytes of the message that are not read.
  #missing: number

  /** @param bytes Where the frame begins; all that is stripped from it must be there. */
  constructor(bytes: ChunkReader, layout: FrameLayout, size: FrameSize, place: FramePlace) {
    this.#bytes = bytes
    this.#layout = layout
    this.#size = size
    this.place = place
    this.length = this.#missing = size.messageLength
    bytes.skip(size.strip)
    this.header = bytes.peek(Math.max(size.headerLength - size.strip, 0))
  }

  /** Whether the last piece has been read; the trailer may be to come. */
  get isRead(): boolean {
    return this.#missing === 0
  }

  /** Bytes of the frame: of all of it, and those that have been read. */
  get frameLength(): number {
    return this.#size.frameLength
  }

  get readLength(): number {
    return this.#size.strip + this.length - this.#missing
  }

  /** The next piece, or `undefined` until more bytes arrive. */
  readPiece(): Uint8Array | undefined {
    if (this.#missing === 0 || this.#bytes.unreadLength === 0) return undefined
    const piece = this.#bytes.takePiece(this.#missing)
    this.#missing -= piece.length
    return this.#layout.copy ? copyOf(piece) : piece
  }

  /** The bytes behind the last piece, where the trailer should be; `undefined` until they are all there. */
  readTrailer(): Uint8Array | undefined {
    const { length } = this.#layout.trailer
    if (this.#missing > 0 || this.#bytes.unreadLength < length) return undefined
    return this.#bytes.takeInto(allocate(length))
  }
}
