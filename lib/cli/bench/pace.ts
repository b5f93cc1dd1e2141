/** How much to send for one figure, on each connection: what is reached first ends it. */
export interface Amount {
  readonly messages?: number
  readonly seconds?: number
}

// Reading the clock takes as long as a short message does. It is read for as many messages as one system call sends.
const BYTES_BETWEEN_LOOKS = 65_536

/** Says when a run on one connection is over. */
export class Pace {
  readonly #messages: number
  readonly #startMs = performance.now()
  readonly #lengthMs: number
  readonly #stride: number
  readonly #onProgress: (done: number) => void

  /**
   * @param size Bytes that are sent between two questions.
   * @param onProgress Told now and then how much is done, from 0 to 1: between two messages, so that it may take its time.
   */
  constructor({ messages = Infinity, seconds = Infinity }: Amount, size: number, onProgress: (done: number) => void) {
    this.#messages = messages
    this.#lengthMs = seconds * 1000
    this.#stride = Math.max(1, Math.floor(BYTES_BETWEEN_LOOKS / size))
    this.#onProgress = onProgress
  }

  /** Whether enough was sent. Asked once before each message. */
  isOver(sent: number): boolean {
    if (sent >= this.#messages) return true
    if (sent % this.#stride !== 0) return false
    const spentMs = performance.now() - this.#startMs
    this.#onProgress(Math.min(1, Math.max(sent / this.#messages, spentMs / this.#lengthMs)))
    return spentMs >= this.#lengthMs && sent > 0
  }
}
