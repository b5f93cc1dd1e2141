import type { FrameEncoder } from '../frame/frame-encoder.js'
import { FramePacker } from '../frame/frame-packer.js'

// Longer messages go to all peers by reference: the bytes are shared anyway, and peers are corked for the tick.
const COPY_LIMIT = 2048

/** Messages to everybody: those of one tick are encoded once, into bytes that all peers share. */
export class Broadcast {
  readonly #packer: FramePacker
  #flushScheduled = false

  /** @param deliver Gets the bytes, in order. */
  constructor(encoder: FrameEncoder, deliver: (bytes: Uint8Array) => void) {
    this.#packer = new FramePacker(encoder, COPY_LIMIT, deliver)
  }

  /** Adds a message. Throws what {@link FrameEncoder.encode} throws, and is then unchanged. */
  add(message: Uint8Array): void {
    this.#packer.add(message)
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    process.nextTick(() => this.flush())
  }

  /** Adds bytes that already are frames. */
  addRaw(frames: Uint8Array): void {
    this.#packer.addBytes(frames)
  }

  /** Delivers what has been added: before the end of the tick, and before anything that must come after it. */
  flush(): void {
    this.#flushScheduled = false
    this.#packer.flush()
  }
}
