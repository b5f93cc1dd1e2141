import type { FrameEncoder } from '../frame/frame-encoder.js'
import { FramePacker } from '../frame/frame-packer.js'

// Longer messages go to all peers by reference: the bytes are shared anyway, and peers are corked for the tick.
const COPY_LIMIT = 2048

/** Messages to everybody: those of one tick are encoded once, into bytes that all peers share. */
export class Broadcast {
  readonly #packer: FramePacker
  #flushScheduled = false
  #tickEnds = false

  /** @param deliver Gets the bytes, in order, and whether they are the last of this tick. */
  constructor(encoder: FrameEncoder, deliver: (bytes: Uint8Array, isLast: boolean) => void) {
    this.#packer = new FramePacker(encoder, COPY_LIMIT, (bytes) => deliver(bytes, this.#tickEnds))
  }

  /** Adds a message. Throws what {@link FrameEncoder.encode} throws, and is then unchanged. */
  add(message: Uint8Array): void {
    this.#packer.add(message)
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    process.nextTick(() => {
      this.#tickEnds = true
      this.flush()
      this.#tickEnds = false
    })
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
