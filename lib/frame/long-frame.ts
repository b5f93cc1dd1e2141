import { allocate, assertBytes, copyInto, describe } from './bytes.js'
import type { FrameEncoder } from './frame-encoder.js'

const NO_BYTES: readonly Uint8Array[] = []

/**
 * Writes the frame of one message that is not in memory: its length is known, its bytes come piece by piece.
 *
 * Where the layout keeps header bytes in the message, the first pieces are held until those are there.
 */
export class LongFrame {
  readonly #encoder: FrameEncoder
  readonly #length: number
  // The first bytes of the message, until they are enough to write the prefix.
  #head: Uint8Array | undefined
  #written = 0

  /**
   * @param length Bytes of the whole message.
   * @throws {TypeError | RangeError} If `length` is no length.
   */
  constructor(encoder: FrameEncoder, length: number) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(`Cannot write long message: expected a length in bytes, got ${describe(length)}`)
    }
    this.#encoder = encoder
    this.#length = length
    this.#head = allocate(0)
  }

  /**
   * The bytes that can go out now that `piece` is there.
   *
   * @throws {MessageTooLargeError | LengthInvalidError} If the layout cannot carry the message. Nothing has gone out.
   * @throws {RangeError} If the pieces are more than `length` bytes. The frame is then complete, with the first `length`.
   */
  *write(piece: Uint8Array): Generator<Uint8Array> {
    assertBytes(piece, 'write piece')
    const missing = this.#length - this.#written
    const fitting = piece.length > missing ? piece.subarray(0, missing) : piece
    this.#written += fitting.length
    yield* this.#head === undefined ? [fitting] : this.#begin(this.#head, fitting)
    if (fitting.length < piece.length) {
      yield* this.end()
      throw new RangeError(
        `Cannot write long message: its source gave more than the ${this.#length} bytes it announced`,
      )
    }
  }

  /**
   * The bytes that end the frame.
   *
   * @throws {RangeError} If the pieces were fewer than `length` bytes. The frame is then broken, and with it the stream.
   */
  *end(): Generator<Uint8Array> {
    if (this.#head !== undefined) yield* this.#begin(this.#head, allocate(0))
    if (this.#written < this.#length) {
      throw new RangeError(
        `Cannot write long message: its source gave ${this.#written} bytes of the ${this.#length} it announced`,
      )
    }
    if (this.#encoder.trailer.length > 0) yield this.#encoder.trailer
  }

  #begin(before: Uint8Array, piece: Uint8Array): readonly Uint8Array[] {
    const head = allocate(before.length + piece.length)
    copyInto(head, 0, before)
    copyInto(head, before.length, piece)
    if (head.length < Math.min(this.#encoder.longestKept, this.#length)) {
      this.#head = head
      return NO_BYTES
    }
    this.#head = undefined
    const prefix = allocate(this.#encoder.measure(head, this.#length))
    this.#encoder.writePrefix(head, prefix, 0)
    return [prefix, head.subarray(this.#encoder.bodyStart(prefix.length))]
  }
}
