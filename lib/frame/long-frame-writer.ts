import { assertBytes, nameOf } from '../arguments.js'
import { MessageTooLargeError } from '../errors.js'
import type { FrameEncoder } from './frame-encoder.js'
import { allocate, ByteView, copyInto, copyOf } from './memory.js'

const NO_BYTES: Uint8Array = new ByteView(0)

/**
 * Writes the frame of one message that is not in memory: its length is known, its bytes come piece by piece.
 *
 * Where the layout keeps header bytes in the message, the first pieces are held until those are there.
 */
export class LongFrameWriter {
  readonly #encoder: FrameEncoder
  readonly #length: number
  // The first bytes of the message, until they are enough to write the prefix.
  #head: Uint8Array | undefined = NO_BYTES
  #written = 0
  #isComplete = false

  /**
   * @param length Bytes of the whole message.
   * @throws {TypeError | RangeError} If `length` is no length.
   * @throws {MessageTooLargeError | LengthInvalidError} If the layout cannot carry so long a message, as far as its length
   * alone tells.
   */
  constructor(encoder: FrameEncoder, length: number) {
    if (!Number.isSafeInteger(length) || length < 0) {
      const Fault = typeof length === 'number' ? RangeError : TypeError
      throw new Fault(`Cannot write long message: expected a length in bytes, got ${nameOf(length)}`)
    }
    const limit = encoder.maxMessageLength
    if (length > limit) throw new MessageTooLargeError('write', { length, limit })
    if (encoder.longestKept === 0) encoder.measure(NO_BYTES, length)
    this.#encoder = encoder
    this.#length = length
  }

  /** Whether the whole frame has been given out. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /**
   * The bytes that can go out now that `piece` is there; with the last piece, those that end the frame.
   *
   * @throws {MessageTooLargeError | LengthInvalidError} If the layout cannot carry the message. Nothing has gone out.
   * @throws {RangeError} If the pieces are more than `length` bytes. The frame is then complete, with the first `length`.
   */
  *write(piece: Uint8Array): Generator<Uint8Array> {
    assertBytes(piece, 'write piece')
    const missing = this.#length - this.#written
    const fitting = piece.length > missing ? piece.subarray(0, missing) : piece
    this.#written += fitting.length
    yield* this.#given(this.#head === undefined ? [fitting] : this.#begin(this.#head, fitting))
    if (fitting.length === piece.length) return
    throw new RangeError(`Cannot write long message: its source gave more than the ${this.#length} bytes it announced`)
  }

  /**
   * Says that there are no more pieces. Gives the bytes of a frame that has had none.
   *
   * @throws {RangeError} If the pieces were fewer than `length` bytes. The frame is then broken, and with it the stream.
   */
  *end(): Generator<Uint8Array> {
    if (this.#written < this.#length) {
      throw new RangeError(
        `Cannot write long message: its source gave ${this.#written} bytes of the ${this.#length} it announced`,
      )
    }
    if (this.#head !== undefined) yield* this.#given(this.#begin(this.#head, NO_BYTES))
  }

  // Leaves out what is empty, and puts the trailer behind the last byte of the message.
  *#given(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
    if (this.#isComplete) return
    const isLast = this.#head === undefined && this.#written === this.#length
    const given = [...pieces, ...(isLast ? [copyOf(this.#encoder.trailer)] : [])].filter(({ length }) => length > 0)
    for (const [i, bytes] of given.entries()) {
      this.#isComplete = isLast && i === given.length - 1
      yield bytes
    }
  }

  #begin(before: Uint8Array, piece: Uint8Array): readonly Uint8Array[] {
    const head = allocate(before.length + piece.length)
    copyInto(head, 0, before)
    copyInto(head, before.length, piece)
    if (head.length < Math.min(this.#encoder.longestKept, this.#length)) {
      this.#head = head
      return []
    }
    this.#head = undefined
    const prefix = allocate(this.#encoder.measure(head, this.#length))
    this.#encoder.writePrefix(head, this.#length, prefix, 0, prefix.length)
    return [prefix, head.subarray(this.#encoder.bodyStart(prefix.length))]
  }
}
