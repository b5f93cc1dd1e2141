import { encodeFrame, type LengthField } from '../../../lib/index.js'
import { RING_LENGTH } from './messages.js'

/** What an encoder has to make of a ring of messages. */
export function outputOf(ring: readonly Buffer[], lengthField: LengthField): Buffer {
  return Buffer.concat(ring.map((message) => encodeFrame(message, { lengthField })))
}

/** Counts and verifies the bytes that come out of an encoder, and keeps the last pieces of them alive. */
export class OutputTally {
  readonly #kept = new Array<Uint8Array>(RING_LENGTH)
  #expected: Buffer = Buffer.alloc(0)
  #expectedLength = 0
  #thorough = false
  #pieces = 0
  #length = 0
  #differs = false

  /** Expects `bytes`, so many times. `thorough`: compares every byte, and not just the first one of each piece. */
  expect(bytes: Buffer, times: number, thorough: boolean): void {
    this.#expected = bytes
    this.#expectedLength = bytes.length * times
    this.#thorough = thorough
    this.#pieces = this.#length = 0
    this.#differs = false
  }

  readonly take = (piece: Uint8Array): void => {
    this.#kept[this.#pieces++ & (RING_LENGTH - 1)] = piece
    const at = this.#length % this.#expected.length
    if (this.#thorough) this.#compare(piece, at)
    else if (piece[0] !== this.#expected[at]) this.#differs = true
    this.#length += piece.length
  }

  /** @throws {Error} If bytes are missing, are too many or are not those that should have come. */
  verify(): void {
    if (this.#length !== this.#expectedLength)
      throw new Error(`${this.#length} bytes instead of ${this.#expectedLength}`)
    if (this.#differs) throw new Error('Bytes differ from those that should have come')
  }

  #compare(piece: Uint8Array, start: number): void {
    for (let at = start, done = 0; done < piece.length;) {
      const length = Math.min(piece.length - done, this.#expected.length - at)
      if (this.#expected.compare(piece, done, done + length, at, at + length) !== 0) this.#differs = true
      done += length
      at = 0
    }
  }
}
