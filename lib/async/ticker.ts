// Of the interval, the least time between two ticks, so that one behind a late one is not felt as a double.
const LEAST_SHARE = 0.9

/**
 * Calls back at every multiple of an interval since it was made, with the time that passed since the last call.
 *
 * Each call is planned from the start and not from the last one, so that delays do not add up. The call behind a late one
 * comes when almost a whole interval has passed, and those behind that one catch up. Calls that a busy process missed are
 * left out: their time is part of the next `elapsedMs`.
 */
export class Ticker {
  readonly #intervalMs: number
  readonly #onTick: (elapsedMs: number) => void
  // performance.now() does not jump when the clock of the machine is set.
  readonly #startedMs = performance.now()
  #lastMs = this.#startedMs
  // When the next tick is due.
  #dueMs = 0
  #timer: ReturnType<typeof setTimeout>

  constructor(intervalMs: number, onTick: (elapsedMs: number) => void) {
    this.#intervalMs = intervalMs
    this.#onTick = onTick
    this.#dueMs = this.#startedMs + intervalMs
    this.#timer = this.#plan()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #plan(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#ring(), Math.ceil(this.#dueMs - performance.now()))
  }

  #ring(): void {
    const nowMs = performance.now()
    const elapsedMs = nowMs - this.#lastMs
    // A timer may ring a little early.
    const isDue = nowMs >= this.#dueMs
    if (isDue) {
      const intervals = Math.floor((nowMs - this.#startedMs) / this.#intervalMs)
      const onTimeMs = this.#startedMs + (intervals + 1) * this.#intervalMs
      this.#dueMs = Math.max(onTimeMs, nowMs + LEAST_SHARE * this.#intervalMs)
      this.#lastMs = nowMs
    }
    // Planned first: a listener may stop the ticker.
    this.#timer = this.#plan()
    if (isDue) this.#onTick(elapsedMs)
  }
}
