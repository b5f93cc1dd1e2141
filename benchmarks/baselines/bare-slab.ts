const SLAB_LENGTH = 65_536

/** The longest message that is copied, in bytes. */
export const COPIED_UP_TO = 32_768

/** The least that an encoder can do: small frames are copied one behind another, long messages pass by reference. */
export class BareSlab {
  readonly #emit: (bytes: Buffer) => void
  #slab = Buffer.allocUnsafeSlow(SLAB_LENGTH)
  #start = 0
  #used = 0

  constructor(emit: (bytes: Buffer) => void) {
    this.#emit = emit
  }

  add(message: Buffer): void {
    const length = message.length
    const copied = length <= COPIED_UP_TO
    if (this.#used + 4 + (copied ? length : 0) > SLAB_LENGTH) {
      this.flush()
      this.#slab = Buffer.allocUnsafeSlow(SLAB_LENGTH)
      this.#start = this.#used = 0
    }
    const slab = this.#slab
    const at = this.#used
    slab[at] = length >>> 24
    slab[at + 1] = length >>> 16
    slab[at + 2] = length >>> 8
    slab[at + 3] = length
    this.#used = at + 4
    if (!copied) {
      this.flush()
      this.#emit(message)
      return
    }
    // Calling `set` costs more than the copy of a few bytes.
    if (length <= 32) for (let i = 0; i < length; i++) slab[at + 4 + i] = message[i]!
    else slab.set(message, at + 4)
    this.#used += length
  }

  flush(): void {
    if (this.#used > this.#start) this.#emit(this.#slab.subarray(this.#start, this.#used))
    this.#start = this.#used
  }
}
