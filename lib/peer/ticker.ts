/**
 * Calls back at every multiple of an interval since it was made, with the time that passed since the last call.
 *
 * Each call is planned from the start and not from the last one, so that delays do not add up. Calls that a busy process
 * missed are left out: their time is part of the next `elapsedMs`.
 */
export class Ticker {
  readonly #intervalMs: number
  readonly #onTick: (elapsedMs: number) => void
  // performance.now() does not jump when somebody sets the clock.
  readonly #startedMs = performance.now()
  #lastMs = this.#startedMs
  // Multiples of the interval that have passed.
  #ticks = 0
  #timer: NodeJS.Timeout

  constructor(intervalMs: number, onTick: (elapsedMs: number) => void) {
    this.#intervalMs = intervalMs
    this.#onTick = onTick
    this.#timer = this.#plan()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #plan(): NodeJS.Timeout {
    const next = this.#startedMs + (this.#ticks + 1) * this.#intervalMs
    return setTimeout(
      () => {
        this.#tick()
      },
      Math.ceil(next - performance.now()),
    )
  }

  #tick(): void {
    const nowMs = performance.now()
    const ticks = Math.floor((nowMs - this.#startedMs) / this.#intervalMs)
    // A timer may ring a little early.
    const isDue = ticks > this.#ticks
    this.#ticks = ticks
    // Planned first: a listener may stop the ticker.
    this.#timer = this.#plan()
    if (!isDue) return
    const elapsedMs = nowMs - this.#lastMs
    this.#lastMs = nowMs
    this.#onTick(elapsedMs)
  }
}
