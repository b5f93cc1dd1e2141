import type { FrameEncoder } from './frame-encoder.js'
import { allocate, ByteView, copyInto } from './memory.js'

/**
 * Takes a piece of bytes.
 *
 * @param frames Frames that end with this piece, counted from the last piece for which it was not 0. It is 0 for a piece
 * that ends inside a frame: with the header in front of a message that passes by reference.
 */
export type EmitPiece = (bytes: Uint8Array, frames: number) => void

interface Piece {
  readonly bytes: Uint8Array
  readonly frames: number
}

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
  readonly #emit: EmitPiece
  #slab = NO_SLAB
  #slabSize = SMALLEST_SLAB
  // What is packed and not emitted yet lies in the slab from #start up to #used.
  #start = 0
  #used = 0
  // Frames in it that are not told yet, since the piece that ends with them is still to come.
  #frames = 0
  // Pieces on their way to `emit`, which may add messages: those come behind them.
  readonly #pieces: Piece[] = []
  #isEmitting = false

  /** @param emit Gets the pieces in order. It is called by `add`, `addBytes` and `flush`, and may call them. */
  constructor(encoder: FrameEncoder, copyLimit: number, emit: EmitPiece) {
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
    const encoder = this.#encoder
    const prefixLength = encoder.measure(message)
    const bodyStart = encoder.bodyStart(prefixLength)
    const bodyLength = message.length - bodyStart
    if (bodyLength > this.#copyLimit) {
      this.#addByReference(message, prefixLength)
      return
    }
    const { trailer } = encoder
    const packed = prefixLength + bodyLength + trailer.length
    if (this.#used + packed > this.#slab.length) this.#renew(packed)
    const at = this.#used
    this.#used = at + packed
    this.#frames++
    encoder.writePrefix(message, message.length, this.#slab, at, prefixLength)
    copyInto(this.#slab, at + prefixLength, message, bodyStart)
    if (trailer.length > 0) copyInto(this.#slab, at + packed - trailer.length, trailer)
    if (this.#pieces.length > 0) this.#emitPieces()
  }

  /** Adds bytes that are whole frames already. They are not copied, and count as one frame. */
  addBytes(bytes: Uint8Array): void {
    this.#cut(this.#frames)
    this.#push(bytes, 1)
    this.#emitPieces()
  }

  /** Emits what is packed: the end of a burst. */
  flush(): void {
    const burst = this.length
    this.#cut(this.#frames)
    this.#emitPieces()
    // `emit` may have added a message.
    if (this.length > 0) return
    const isLarge = this.#slab.length > KEPT_SLAB
    // The next burst may be like this one. Split over two slabs it would need writev, which is slower than one write: bursts
    // of eight to 100 peers took 1.2 times as long (benchmarks/broadcast.ts).
    if (!isLarge && this.#used + burst <= this.#slab.length) return
    this.#slab = NO_SLAB
    this.#start = this.#used = 0
    // A quarter: the first piece of the next burst leaves early, and the other side begins. In one slab for all of it, messages
    // of 1 KiB took 1.1 to 1.4 times as long (benchmarks/one-way.ts).
    if (isLarge) this.#slabSize = Math.max(this.#slabSize / 4, SMALLEST_SLAB)
  }

  #addByReference(message: Uint8Array, prefixLength: number): void {
    const { trailer } = this.#encoder
    const bodyStart = this.#encoder.bodyStart(prefixLength)
    // What passes by reference is a unit of its own, which may be lost while those before it are not.
    this.#cut(this.#frames)
    if (this.#used + prefixLength > this.#slab.length) this.#renew(prefixLength)
    this.#encoder.writePrefix(message, message.length, this.#slab, this.#used, prefixLength)
    this.#used += prefixLength
    this.#cut(0)
    this.#frames++
    this.#push(bodyStart === 0 ? message : message.subarray(bodyStart), trailer.length === 0 ? this.#frames : 0)
    if (trailer.length > 0) {
      if (this.#used + trailer.length > this.#slab.length) this.#renew(trailer.length)
      this.#used += copyInto(this.#slab, this.#used, trailer)
    }
    this.#emitPieces()
  }

  /** Makes room for at least so many bytes: in a new slab, behind a piece of what is packed. */
  #renew(least: number): void {
    // Filled in one burst: the next one may be larger. One that was flushed before has held more than a burst.
    if (this.#start === 0 && this.#used > 0) this.#slabSize = Math.min(this.#slabSize * 4, LARGEST_SLAB)
    this.#cut(this.#frames)
    this.#slab = allocate(Math.max(this.#slabSize, least))
    this.#start = this.#used = 0
  }

  /** Makes a piece of what is packed, with which `frames` end. */
  #cut(frames: number): void {
    if (this.#used === this.#start) return
    this.#push(new ByteView(this.#slab.buffer, this.#slab.byteOffset + this.#start, this.#used - this.#start), frames)
    this.#start = this.#used
  }

  #push(bytes: Uint8Array, frames: number): void {
    this.#pieces.push({ bytes, frames })
    if (frames > 0) this.#frames = 0
  }

  #emitPieces(): void {
    if (this.#isEmitting) return
    this.#isEmitting = true
    try {
      for (let piece = this.#pieces.shift(); piece !== undefined; piece = this.#pieces.shift()) {
        this.#emit(piece.bytes, piece.frames)
      }
    } finally {
      this.#isEmitting = false
    }
  }
}
