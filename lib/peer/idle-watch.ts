import { LongMessage } from '../streams/long-message-stream.js'
import type { Message } from './lane.js'

/** Calls back when a peer has said nothing for a while. A long message says something as long as it grows. */
export class IdleWatch {
  readonly #timer: NodeJS.Timeout
  // The long message received last, and how much of it was there when the time was up before.
  #long: LongMessage | undefined
  #longReceived = 0

  constructor(timeoutMs: number, onSilence: () => void) {
    this.#timer = setTimeout(() => {
      this.#timer.refresh()
      const received = this.#long?.receivedLength ?? 0
      if (received > this.#longReceived) this.#longReceived = received
      else onSilence()
    }, timeoutMs)
  }

  /** The peer has said something. */
  saw(batch: readonly Message[]): void {
    this.#timer.refresh()
    const last = batch.at(-1)
    if (!(last instanceof LongMessage)) return
    this.#long = last
    this.#longReceived = 0
  }

  /** Begins to count anew. */
  refresh(): void {
    this.#timer.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
