import { allocate, ByteView, copyInto } from './bytes.js'
import type { FrameEncoder } from './frame-encoder.js'

const SMALLEST_SLAB = 1024
const LARGEST_SLAB = 65_536
// A slab up to this size is kept for the next burst; a larger one is let go, so that a silent sender holds little.
const KEPT_SLAB = 4096

const NO_SLAB: Uint8Array = new ByteView(0)

/**
 * Packs the frames of many small messages into few pieces of bytes: one write instead of one for each message.
 *
 * A message whose body is at most `copyLimit` bytes is copied into the slab, behind its header. A longer one passes by
 * reference, behind a piece that ends with its header. Slabs grow with a burst and shrink after it.
 */
export class FramePacker {
  readonly #encoder: FrameEncoder
  readonly #copyLimit: number
  readonly #emit: (bytes: Uint8Array) => void
  #slab = NO_SLAB
  #slabSize = SMALLEST_SLAB
  // What is packed and not emitted yet lies in the slab from #start up to #used.
  #start = 0
  #used = 0

  /** @param emit Gets the pieces in order. It is called by `add` and `flush`. */
  constructor(encoder: FrameEncoder, copyLimit: number, emit: (bytes: Uint8Array) => void) {
    this.#encoder = encoder
    this.#copyLimit = copyLimit
    this.#emit = emit
  }

  /** Bytes that are packed and not emitted yet. */
  get length(): number {
    return this.#used - this.#start
  }

  /** Adds the frame of one message. Throws what {@link FrameEncoder.encode} throws, and is then unchanged. */
  add(message: Uint8Array): void {
    const prefixLength = this.#encoder.measure(message)
    const bodyStart = this.#encoder.bodyStart(prefixLength)
    const bodyLength = message.length - bodyStart
    const copied = bodyLength <= this.#copyLimit
    const { trailer } = this.#encoder
    const packed = copied ? prefixLength + bodyLength + trailer.length : prefixLength
    if (this.#used + packed > this.#slab.length) {
      this.#renew(packed)
      // Whoever got the last slab may have added a message: the encoder knows one at a time.
      this.#encoder.measure(message)
    }
    const at = this.#used
    this.#encoder.writePrefix(message, this.#slab, at)
    this.#used = at + packed
    const body = bodyStart === 0 ? message : message.subarray(bodyStart)
    if (copied) {
      copyInto(this.#slab, at + prefixLength, body)
      copyInto(this.#slab, at + prefixLength + bodyLength, trailer)
    } else {
      this.addBytes(body)
      if (trailer.length > 0) this.addBytes(trailer)
    }
  }

  /** Adds bytes that need no header. They are not copied. */
  addBytes(bytes: Uint8Array): void {
    this.#emitPacked()
    this.#emit(bytes)
  }

  /** Emits what is packed: the end of a burst. */
  flush(): void {
    const burst = this.length
    this.#emitPacked()
    // Whoever got the piece may have added a message at once.
    if (this.length > 0) return
    const isLarge = this.#slab.length > KEPT_SLAB
    // The next burst may be like this one. Torn in two where the slab ends, it would cost a system call that gathers: bursts
    // of eight to 100 peers took 1.2 times as long (benchmarks/broadcast.ts).
    if (!isLarge && this.#used + burst <= this.#slab.length) return
    this.#slab = NO_SLAB
    this.#start = this.#used = 0
    // A quarter: the first piece of the next burst leaves early, and the other side begins. In one slab for all of it, messages
    // of 1 KiB took 1.1 to 1.4 times as long (benchmarks/one-way.ts).
    if (isLarge) this.#slabSize = Math.max(this.#slabSize / 4, SMALLEST_SLAB)
  }

  #emitPacked(): void {
    if (this.#used === this.#start) return
    const piece = new ByteView(this.#slab.buffer, this.#slab.byteOffset + this.#start, this.#used - this.#start)
    this.#start = this.#used
    this.#emit(piece)
  }

  #renew(least: number): void {
    // Filled in one burst: the next one may be larger. One that was flushed before has held more than a burst.
    if (this.#start === 0 && this.#used > 0) this.#slabSize = Math.min(this.#slabSize * 4, LARGEST_SLAB)
    // Again as long as whoever gets a piece adds a message at once.
    while (this.length > 0) this.#emitPacked()
    this.#slab = allocate(Math.max(this.#slabSize, least))
    this.#start = this.#used = 0
  }
}
