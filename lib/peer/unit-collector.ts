import type { Unit } from './unit.js'

/** Makes units of the pieces that a packer emits, some of which end inside a frame. */
export class UnitCollector {
  #pieces: Uint8Array[] = []
  #length = 0

  /** The unit that ends with a piece; `undefined` if none does, since no frame ends with it. */
  add(bytes: Uint8Array, frames: number): Unit | undefined {
    this.#pieces.push(bytes)
    this.#length += bytes.length
    if (frames === 0) return undefined
    const unit = { pieces: this.#pieces, length: this.#length, frames }
    this.#pieces = []
    this.#length = 0
    return unit
  }
}
