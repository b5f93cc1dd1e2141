import type { Tally } from './tally.js'

/** A peer that is to be given signs of life. */
export interface Listener {
  readonly isOpen: boolean
  readonly waiting: number
  readonly tally: Tally
  /** Sends a sign of life. */
  beat(): void
}

/** Gives peers a sign of life when nothing else was sent to them for `heartbeatMs`: so much passes between two things at most. */
export class Heartbeat {
  readonly #listeners: () => Iterable<Listener>
  readonly #timer: NodeJS.Timeout
  // What each had been sent when it was looked last, in bytes.
  readonly #sent = new WeakMap<Listener, number>()

  constructor(heartbeatMs: number, listeners: () => Iterable<Listener>) {
    this.#listeners = listeners
    this.#timer = setTimeout(() => {
      this.#timer.refresh()
      this.#beat()
    }, heartbeatMs / 2).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #beat(): void {
    for (const listener of this.#listeners()) {
      const { bytesOut } = listener.tally
      // What waits will be a sign of life, or the peer takes nothing.
      const isQuiet = listener.isOpen && listener.waiting === 0 && this.#sent.get(listener) === bytesOut
      if (isQuiet) listener.beat()
      this.#sent.set(listener, bytesOut)
    }
  }
}
