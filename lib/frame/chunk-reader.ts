import { allocate, ByteView, copyInto } from './memory.js'
import { ChunkQueue } from './chunk-queue.js'

const NOTHING: Uint8Array = new ByteView(0)

/**
 * A stream of bytes that arrives in chunks, and a place in it up to which it has been read.
 *
 * The chunk being read is public. Its parts are fields and not getters: the parser reads all five for every message, and
 * `chunk.buffer` is slow.
 */
export class ChunkReader {
  /** The chunk being read. */
  chunk: Uint8Array = NOTHING
  /** What of the chunk is read, and where it ends. */
  position = 0
  end = 0
  /** The memory in which the chunk lies, and where it begins there. */
  memory: ArrayBufferLike = NOTHING.buffer
  memoryOffset = 0
  // Chunks that arrived after it, which most readers never have, and bytes of the stream before it.
  #queue: ChunkQueue | undefined
  #chunkOffset = 0

  /** Bytes that arrived and are not read. */
  get unreadLength(): number {
    return this.end - this.position + (this.#queue?.length ?? 0)
  }

  /** Bytes that are read, since the first byte of the stream. */
  get offset(): number {
    return this.#chunkOffset + this.position
  }

  /** Bytes that arrived, since the first byte of the stream. */
  get arrivedLength(): number {
    return this.offset + this.unreadLength
  }

  /** Takes the next chunk. It is not copied, unless it is small and waits behind others that lie elsewhere. */
  append(chunk: Uint8Array): void {
    if (this.unreadLength === 0) {
      this.#open(chunk)
    } else if (this.#isBehind(chunk)) {
      this.end += chunk.length
      this.chunk = new ByteView(this.memory, this.memoryOffset, this.end)
    } else {
      this.#queue ??= new ChunkQueue()
      this.#queue.push(chunk)
    }
  }

  /** Goes on to the next chunk when this one is read. `false` if there is none. */
  advance(): boolean {
    if (this.position < this.end) return true
    const next = this.#queue?.shift()
    // Without a next one, lets go of the memory of this one.
    this.#open(next ?? NOTHING)
    return next !== undefined
  }

  /** A copy of the next bytes, at most `length` of them, which stay unread. */
  peek(length: number): Uint8Array {
    return this.#peekInto(allocate(Math.min(length, this.unreadLength)))
  }

  /** Copies what is unread to the front of `place`, which has room for it, and reads on there. */
  moveTo(place: Uint8Array): void {
    const chunk = this.#peekInto(new ByteView(place.buffer, place.byteOffset, this.unreadLength))
    this.#queue = undefined
    this.#open(chunk)
  }

  /** Reads as many bytes as `target` has, which must be there. */
  takeInto<Target extends Uint8Array>(target: Target): Target {
    for (let filled = 0; filled < target.length;) {
      this.advance()
      const copied = copyInto(target, filled, this.chunk, this.position, this.end)
      this.position += copied
      filled += copied
    }
    return target
  }

  /** Reads at most `length` bytes of one chunk, and returns a view of them. */
  takePiece(length: number): Uint8Array {
    this.advance()
    const start = this.position
    this.position = Math.min(start + length, this.end)
    return new ByteView(this.memory, this.memoryOffset + start, this.position - start)
  }

  /** Reads `length` bytes, which must be there, and forgets them. */
  skip(length: number): void {
    for (let missing = length; missing > 0;) {
      this.advance()
      const skipped = Math.min(missing, this.end - this.position)
      this.position += skipped
      missing -= skipped
    }
  }

  /** Forgets all that is unread. */
  clear(): void {
    this.#queue = undefined
    this.#open(NOTHING)
  }

  // Whether a chunk lies in memory behind the one being read, with nothing between them in the stream either.
  #isBehind(chunk: Uint8Array): boolean {
    const isNext = (this.#queue?.length ?? 0) === 0
    return isNext && chunk.buffer === this.memory && chunk.byteOffset === this.memoryOffset + this.end
  }

  #peekInto(bytes: Uint8Array): Uint8Array {
    const inChunk = copyInto(bytes, 0, this.chunk, this.position, this.end)
    this.#queue?.peekInto(bytes, inChunk)
    return bytes
  }

  #open(chunk: Uint8Array): void {
    this.#chunkOffset += this.position
    this.chunk = chunk
    this.position = 0
    this.end = chunk.length
    this.memory = chunk.buffer
    this.memoryOffset = chunk.byteOffset
  }
}
