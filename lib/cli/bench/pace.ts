/** How much to send for one figure: so many messages on each connection, or as many as go in so many seconds. */
export type Amount = { readonly messages: number } | { readonly seconds: number }

// Reading the clock takes as long as a short message does. It is read for as many messages as one system call sends.
const BYTES_BETWEEN_LOOKS = 65_536

/** Says when a run on one connection is over. */
export class Pace {
  readonly #messages: number
  readonly #endMs: number
  readonly #lengthMs: number
  readonly #stride: number
  readonly #onProgress: (done: number) => void

  /**
   * @param size Bytes that are sent between two questions.
   * @param onProgress Told now and then how much is done, from 0 to 1: between two messages, so that it may take its time.
   */
  constructor(amount: Amount, size: number, onProgress: (done: number) => void) {
    this.#messages = 'messages' in amount ? amount.messages : Infinity
    this.#lengthMs = 'seconds' in amount ? amount.seconds * 1000 : Infinity
    this.#endMs = performance.now() + this.#lengthMs
    this.#stride = Math.max(1, Math.floor(BYTES_BETWEEN_LOOKS / size))
    this.#onProgress = onProgress
  }

  /** Whether enough was sent. Asked once before each message. */
  isOver(sent: number): boolean {
    if (sent >= this.#messages) return true
    if (sent % this.#stride !== 0) return false
    const leftMs = this.#endMs - performance.now()
    this.#onProgress(Math.max(sent / this.#messages, 1 - leftMs / this.#lengthMs || 0))
    return leftMs <= 0 && sent > 0
  }
}
