import { allocateShared, ByteView, copyInto } from './memory.js'

// A queued chunk costs about 200 bytes beside its content, so smaller chunks are folded into shared buffers.
const FOLDED_BELOW = 512
const LARGEST_FOLD = 65_536
const SMALLEST_FOLD = 64

/**
 * Chunks that wait in order, small ones folded together: memory and time follow the bytes, however they are cut.
 *
 * A fold buffer is as large as all that waits already, so at most half of the memory is unused.
 */
export class ChunkQueue {
  #chunks: (Uint8Array | undefined)[] = []
  #first = 0
  // Buffer behind all chunks that still has room, and how much of it is used.
  #fold: Uint8Array | undefined
  #folded = 0
  #length = 0

  /** Bytes that wait. */
  get length(): number {
    return this.#length
  }

  /** Adds a chunk at the tail, without copying it unless it is small. */
  push(chunk: Uint8Array): void {
    if (chunk.length < FOLDED_BELOW) {
      this.#pushFolded(chunk)
    } else {
      this.#closeFold()
      this.#chunks.push(chunk)
    }
    this.#length += chunk.length
  }

  /** Removes the chunk at the head. */
  shift(): Uint8Array | undefined {
    if (this.#length === 0) return undefined
    if (this.#first === this.#chunks.length) this.#closeFold()
    const chunk = this.#chunks[this.#first]!
    // A cursor, since Array.shift moves every remaining element of a long array.
    this.#chunks[this.#first++] = undefined
    if (this.#first === this.#chunks.length) {
      this.#chunks = []
      this.#first = 0
    }
    this.#length -= chunk.length
    return chunk
  }

  /** Copies the first bytes that wait into `target`, from index `at` to its end, leaving them here. */
  peekInto(target: Uint8Array, at: number): void {
    let filled = at
    for (let i = this.#first; filled < target.length && i < this.#chunks.length; i++) {
      filled += copyInto(target, filled, this.#chunks[i]!)
    }
    if (this.#fold !== undefined) copyInto(target, filled, this.#fold, 0, this.#folded)
  }

  #pushFolded(chunk: Uint8Array): void {
    if (this.#fold === undefined || this.#folded + chunk.length > this.#fold.length) {
      this.#closeFold()
      this.#fold = allocateShared(Math.min(Math.max(this.#length, 2 * chunk.length, SMALLEST_FOLD), LARGEST_FOLD))
    }
    this.#folded += copyInto(this.#fold, this.#folded, chunk)
  }

  // What is folded becomes a chunk when it is read or when something is put behind it, since a view for each byte that
  // arrives costs more than the byte.
  #closeFold(): void {
    const fold = this.#fold
    if (fold !== undefined) this.#chunks.push(new ByteView(fold.buffer, fold.byteOffset, this.#folded))
    this.#fold = undefined
    this.#folded = 0
  }
}
