import { fromHex, withoutSpaces } from './hex.js'

/** How text says messages. */
export interface TextOptions {
  /** Longest message, in bytes. */
  readonly limit: number
  /** Whether text is hex, and not the message itself. */
  readonly hex: boolean
}

const NONE = Buffer.alloc(0)

/** The text of a message, which comes piece by piece. No more of it is kept than the longest message has. */
export class MessageText {
  readonly #hex: boolean
  // Bytes, of hex without its spaces.
  readonly #longest: number
  #bytes = NONE
  #length = 0

  constructor({ limit, hex }: TextOptions) {
    this.#hex = hex
    this.#longest = hex ? 2 * limit : limit
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Adds a piece, which is copied; `false` if that is too much. Then nothing is kept. */
  add(piece: Buffer): boolean {
    const text = this.#hex ? withoutSpaces(piece) : piece
    if (this.#length + text.length > this.#longest) {
      this.#clear()
      return false
    }
    this.#reserve(this.#length + text.length)
    this.#bytes.set(text, this.#length)
    this.#length += text.length
    return true
  }

  /** The message, and begins anew. @throws {Error} If the text is no hex. */
  take(): Buffer {
    const text = this.#bytes.subarray(0, this.#length)
    this.#clear()
    return this.#hex ? fromHex(text) : text
  }

  #clear(): void {
    this.#bytes = NONE
    this.#length = 0
  }

  // Twice as much as there was, so that a byte is copied once or twice, however small the pieces are.
  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.min(Math.max(length, 2 * this.#bytes.length), this.#longest))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
