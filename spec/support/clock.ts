interface Alarm {
  readonly ring: () => void
  atMs: number
  // Whether it keeps a process alive.
  holds: boolean
}

/**
 * Stands in for `setTimeout` and `performance.now` in each spec of a suite: time passes when the spec says so.
 * Node's own mock timers do not know `refresh()`.
 */
export class Clock {
  #nowMs = 0
  readonly #alarms = new Set<Alarm>()
  readonly #cleared = new WeakSet<Alarm>()
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

  /** How many timers run that keep a process alive. */
  get running(): number {
    return [...this.#alarms].filter(({ holds }) => holds).length
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

  #set(ring: () => void, delayMs: number): Alarm & { refresh(): void; unref(): unknown } {
    const alarm = {
      ring,
      holds: true,
      unref: () => {
        alarm.holds = false
        return alarm
      },
      atMs: this.#nowMs + delayMs - Math.min(this.earlyMs, delayMs / 2),
      refresh: () => {
        // One that has rung rings again; one that was cleared does not.
        if (this.#cleared.has(alarm)) return
        alarm.atMs = this.#nowMs + delayMs
        this.#alarms.add(alarm)
      },
    }
    this.#alarms.add(alarm)
    return alarm
  }

  #clear(alarm: Alarm | undefined): void {
    if (alarm === undefined) return
    this.#alarms.delete(alarm)
    this.#cleared.add(alarm)
  }
}
