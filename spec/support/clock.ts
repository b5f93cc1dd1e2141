interface Alarm {
  readonly ring: () => void
  atMs: number
}

/**
 * Stands in for `setTimeout` and `performance.now` in each spec of a suite: time passes when the spec says so.
 * Node's own mock timers do not know `refresh()`.
 */
export class Clock {
  #nowMs = 0
  readonly #alarms = new Set<Alarm>()
  // How far too early each timer rings, as real ones sometimes do.
  earlyMs = 0

  constructor() {
    const { setTimeout, clearTimeout, performance } = globalThis
    const realNow = performance.now.bind(performance)
    beforeEach(() => {
      this.#alarms.clear()
      this.#nowMs = this.earlyMs = 0
      const fake = { setTimeout: this.#set.bind(this), clearTimeout: this.#clear.bind(this) }
      Object.assign(globalThis, fake)
      performance.now = () => this.#nowMs
    })
    afterEach(() => {
      Object.assign(globalThis, { setTimeout, clearTimeout })
      performance.now = realNow
    })
  }

  /** How many timers run. */
  get running(): number {
    return this.#alarms.size
  }

  /** Lets time pass, and rings what is due, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#alarms.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.ring()
    }
    this.#nowMs = untilMs
  }

  /** Lets time pass while nothing can ring, as when the process is busy. */
  block(ms: number): void {
    this.#nowMs += ms
  }

  #next(untilMs: number): Alarm | undefined {
    const due = [...this.#alarms].filter(({ atMs }) => atMs <= untilMs)
    return due.sort((a, b) => a.atMs - b.atMs)[0]
  }

  #set(ring: () => void, delayMs: number): Alarm & { refresh(): void } {
    const alarm = {
      ring,
      atMs: this.#nowMs + delayMs - Math.min(this.earlyMs, delayMs / 2),
      refresh: () => {
        // A timer that was cleared stays so.
        if (this.#alarms.has(alarm)) alarm.atMs = this.#nowMs + delayMs
      },
    }
    this.#alarms.add(alarm)
    return alarm
  }

  #clear(alarm: Alarm | undefined): void {
    if (alarm !== undefined) this.#alarms.delete(alarm)
  }
}
