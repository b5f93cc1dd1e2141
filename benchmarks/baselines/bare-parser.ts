// The class behind Buffer's views; calling it leaves out subarray's argument checks. Node's types leave it out.
const View = (
  Buffer as unknown as { [Symbol.species]: new (memory: ArrayBufferLike, at: number, length: number) => Buffer }
)[Symbol.species]

/**
 * The least that a parser can do, and what all others are measured by: `uint32be` lengths, a callback for each message,
 * views of what lies inside a chunk, one copy of what does not.
 *
 * No parser for use: it has no limit but one, trusts a length as soon as it is claimed, and knows no end.
 */
export class BareParser {
  protected readonly onMessage: (message: Buffer) => void
  // A message of which a part has come, and how much of it.
  #partial: Buffer | undefined
  #filled = 0
  // A length of which a part has come, and how many bytes of it.
  #length = 0
  #lengthFilled = 0

  constructor(onMessage: (message: Buffer) => void) {
    this.onMessage = onMessage
  }

  write(chunk: Buffer): void {
    const end = chunk.length
    let at = this.finishPartial(chunk)
    if (at === end) return
    const { onMessage } = this
    const memory = chunk.buffer
    const offset = chunk.byteOffset + 4
    while (end - at >= 4) {
      const length = ((chunk[at]! << 24) | (chunk[at + 1]! << 16) | (chunk[at + 2]! << 8) | chunk[at + 3]!) >>> 0
      if (length > end - at - 4) break
      onMessage(new View(memory, offset + at, length))
      at += 4 + length
    }
    this.startPartial(chunk, at)
  }

  /** Adds to the message that earlier chunks began; answers with where the next one begins. */
  protected finishPartial(chunk: Buffer): number {
    if (this.#partial === undefined && this.#lengthFilled === 0) return 0
    let at = 0
    while (this.#partial === undefined) {
      if (at === chunk.length) return at
      this.#length = ((this.#length << 8) | chunk[at++]!) >>> 0
      if (++this.#lengthFilled === 4) this.#openPartial()
    }
    const copied = chunk.copy(this.#partial, this.#filled, at)
    this.#filled += copied
    if (this.#filled === this.#partial.length) {
      const message = this.#partial
      this.#partial = undefined
      this.onMessage(message)
    }
    return at + copied
  }

  /** Keeps what is left of a chunk behind the last whole message in it. */
  protected startPartial(chunk: Buffer, start: number): void {
    let at = start
    while (this.#lengthFilled < 4 && at < chunk.length && this.#partial === undefined) {
      this.#length = ((this.#length << 8) | chunk[at++]!) >>> 0
      if (++this.#lengthFilled === 4) this.#openPartial()
    }
    if (this.#partial !== undefined && at < chunk.length) this.#filled += chunk.copy(this.#partial, this.#filled, at)
  }

  #openPartial(): void {
    if (this.#length > 1 << 26) throw new RangeError(`Cannot read message: length is ${this.#length}`)
    this.#partial = Buffer.allocUnsafe(this.#length)
    this.#filled = this.#length = this.#lengthFilled = 0
  }
}
