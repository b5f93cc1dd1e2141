import { EndOfTick } from '../async/end-of-tick.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import type { FrameLayout } from '../frame/frame-layout.js'
import { FramePacker } from '../frame/frame-packer.js'
import type { Bus } from './bus.js'
import { HEAD_LENGTH, joinPiece, newEpoch } from './piece.js'

/** What publishing needs to know. Lengths are bytes. */
export interface PublishingSettings {
  readonly layout: FrameLayout
  /** Most that a frame has beside its message. */
  readonly overhead: number
  readonly outboundLimit: number
}

// Longer pieces are no faster, and their loss costs more messages.
const PIECE_LENGTH = 65_536
// Longer messages go into a piece by reference: it is one copy less.
const COPY_LIMIT = 2048
// From here on, those who send should wait.
const ENOUGH = 1_048_576

/** Makes pieces of messages, those of a tick together, and gives them to a bus, in order. */
export class Publishing {
  readonly epoch: number = newEpoch()
  /** Messages that were sent; and that were lost here, as far as that is known. */
  sent = 0
  dropped = 0
  readonly #bus: Bus
  readonly #topic: string
  readonly #settings: PublishingSettings
  readonly #onLost: (messages: number, cause: unknown) => void
  readonly #packer: FramePacker
  readonly #longestPiece: number
  readonly #endOfTick: EndOfTick<Publishing> = new EndOfTick<Publishing>(this, flush)
  // The piece in the making: what the packer has let out of it.
  #frames: Uint8Array[] = []
  #length = 0
  #messages = 0
  #sequence = 0
  // Bytes that the bus has not taken.
  #untaken = 0
  #waiters: { readonly most: number; readonly resolve: () => void }[] = []

  /** @param onLost Told how many messages the bus did not take, or may not have, and why. */
  constructor(
    bus: Bus,
    topic: string,
    settings: PublishingSettings,
    onLost: (messages: number, cause: unknown) => void,
  ) {
    this.#bus = bus
    this.#topic = topic
    this.#settings = settings
    this.#onLost = onLost
    this.#longestPiece = Math.min(PIECE_LENGTH, bus.maxPieceLength) - HEAD_LENGTH
    this.#packer = new FramePacker(new FrameEncoder(settings.layout), COPY_LIMIT, (bytes) => {
      this.#frames.push(bytes)
      this.#length += bytes.length
    })
  }

  /** Bytes that wait for the bus to take them. */
  get waiting(): number {
    return this.#untaken + this.#length + this.#packer.length
  }

  /** How many pieces were published. */
  get pieces(): number {
    return this.#sequence
  }

  /** Adds a message. `false`: enough waits, or so much that it was dropped. Throws if it cannot be framed. */
  add(message: Uint8Array): boolean {
    if (this.waiting > this.#settings.outboundLimit) {
      this.dropped++
      return false
    }
    const most = message.length + this.#settings.overhead
    if (this.#length + this.#packer.length + most > this.#longestPiece) this.flush()
    this.#packer.add(message)
    this.#messages++
    this.sent++
    this.#endOfTick.plan()
    return this.waiting < ENOUGH
  }

  /** Publishes what was added, if anything was. */
  flush(): void {
    this.#packer.flush()
    if (this.#messages > 0) this.publish()
  }

  /** Publishes a piece of what the packer has let out, which may be nothing. */
  publish(): void {
    const piece = joinPiece({ epoch: this.epoch, sequence: this.#sequence++ }, this.#frames, this.#length)
    const messages = this.#messages
    this.#frames = []
    this.#length = this.#messages = 0
    this.#untaken += piece.length
    void this.#give(piece).then((lost) => {
      this.#untaken -= piece.length
      if (lost !== undefined) {
        this.dropped += messages
        this.#onLost(messages, lost.cause)
      }
      this.#wake()
    })
  }

  /** Resolves when there is room. */
  drained(): Promise<void> {
    return this.#untilWaiting(ENOUGH / 2)
  }

  /** Resolves when nothing waits any more. */
  settled(): Promise<void> {
    this.flush()
    return this.#untilWaiting(0)
  }

  async #give(piece: Uint8Array): Promise<{ readonly cause: unknown } | undefined> {
    try {
      await this.#bus.publish(this.#topic, piece)
      return undefined
    } catch (cause) {
      return { cause }
    }
  }

  async #untilWaiting(most: number): Promise<void> {
    if (this.waiting > most) await new Promise<void>((resolve) => this.#waiters.push({ most, resolve }))
  }

  #wake(): void {
    const { waiting } = this
    const waiters = this.#waiters
    this.#waiters = waiters.filter(({ most }) => waiting > most)
    for (const { most, resolve } of waiters) if (waiting <= most) resolve()
  }
}

function flush(publishing: Publishing): void {
  publishing.flush()
}
