import { EndOfTick } from '../async/end-of-tick.js'
import type { FrameEncoder } from '../frame/frame-encoder.js'
import { FramePacker } from '../frame/frame-packer.js'
import type { Unit } from '../peer/unit.js'
import { UnitCollector } from '../peer/unit-collector.js'

// Longer messages go to all peers by reference: the bytes are shared anyway, and peers are corked for the tick.
const COPY_LIMIT = 2048

/** Messages to all peers: those of one tick are encoded once, into bytes that all peers share. */
export class Broadcast {
  readonly #packer: FramePacker
  readonly #deliver: (unit: Unit, isLast: boolean) => void
  readonly #endOfTick: EndOfTick<Broadcast> = new EndOfTick<Broadcast>(this, endTick)
  // Whether nothing comes behind what is being let out, in this tick.
  #isLast = false
  readonly #units = new UnitCollector()

  /** @param deliver Gets the frames, in order, and whether they are the last of this tick. */
  constructor(encoder: FrameEncoder, deliver: (unit: Unit, isLast: boolean) => void) {
    this.#deliver = deliver
    this.#packer = new FramePacker(encoder, COPY_LIMIT, (bytes, frames) => this.#give(bytes, frames))
  }

  /** Adds a message. Throws what {@link FrameEncoder.encode} throws, and is then unchanged. */
  add(message: Uint8Array): void {
    this.#packer.add(message)
    this.#endOfTick.plan()
  }

  /** Delivers what has been added: before the end of the tick, and before anything that must come after it. */
  flush(): void {
    if (this.#packer.length > 0) this.#packer.flush()
  }

  endTick(): void {
    this.#isLast = true
    this.#packer.flush()
    this.#isLast = false
  }

  #give(bytes: Uint8Array, frames: number): void {
    const unit = this.#units.add(bytes, frames)
    if (unit !== undefined) this.#deliver(unit, this.#isLast)
  }
}

function endTick(broadcast: Broadcast): void {
  broadcast.endTick()
}
