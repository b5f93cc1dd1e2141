import { allocate, copyInto } from './bytes.js'

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
  // Buffer at the tail that still has room, and how much of it is used. Its used bytes are the last chunk.
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
      this.#fold = undefined
      this.#chunks.push(chunk)
    }
    this.#length += chunk.length
  }

  /** Removes the chunk at the head. */
  shift(): Uint8Array | undefined {
    if (this.#first === this.#chunks.length) return undefined
    const chunk = this.#chunks[this.#first]!
    // A cursor, since Array.shift moves every remaining element of a long array.
    this.#chunks[this.#first++] = undefined
    if (this.#first === this.#chunks.length) {
      this.#chunks = []
      this.#first = 0
      this.#fold = undefined
    }
    this.#length -= chunk.length
    return chunk
  }

  /** Copies the first bytes that wait into `target`, from index `at` to its end, leaving them here. */
  peekInto(target: Uint8Array, at: number): void {
    let filled = at
    for (let i = this.#first; filled < target.length && i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i]!
      const room = target.length - filled
      copyInto(target, filled, chunk.length > room ? chunk.subarray(0, room) : chunk)
      filled += Math.min(chunk.length, room)
    }
  }

  #pushFolded(chunk: Uint8Array): void {
    const used = this.#folded
    if (this.#fold !== undefined && used + chunk.length <= this.#fold.length) {
      copyInto(this.#fold, used, chunk)
      this.#folded = used + chunk.length
      this.#chunks[this.#chunks.length - 1] = this.#fold.subarray(0, this.#folded)
    } else {
      const size = Math.min(Math.max(this.#length, 2 * chunk.length, SMALLEST_FOLD), LARGEST_FOLD)
      this.#fold = allocate(size)
      copyInto(this.#fold, 0, chunk)
      this.#folded = chunk.length
      this.#chunks.push(this.#fold.subarray(0, chunk.length))
    }
  }
}
