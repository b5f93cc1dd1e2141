/** Between which delays a {@link Backoff} chooses, in milliseconds. */
export interface BackoffOptions {
  /** The longest first delay. */
  readonly minMs: number
  /** The longest delay of all. */
  readonly maxMs: number
}

/**
 * Delays between attempts: each is any time from 0 to a limit, which doubles with every attempt.
 *
 * Chosen from all of that time, and not only from its end, so that a thousand that failed in the same moment do not come back
 * in the same moment. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, where it is called full jitter.
 */
export class Backoff {
  readonly #minMs: number
  readonly #maxMs: number
  #attempts = 0

  constructor({ minMs, maxMs }: BackoffOptions) {
    this.#minMs = minMs
    this.#maxMs = maxMs
  }

  /** Number of the next attempt, counted from 1, and how long to wait before it. */
  next(): { readonly attempt: number; readonly delayMs: number } {
    const limitMs = Math.min(this.#minMs * 2 ** this.#attempts, this.#maxMs)
    return { attempt: ++this.#attempts, delayMs: Math.random() * limitMs }
  }

  /** Begins anew: what was tried has succeeded. */
  reset(): void {
    this.#attempts = 0
  }
}
