/** How often a host may come: so many connections at once, and then one for each share of the time. */
export interface Rate {
  /** Connections. */
  readonly count: number
  /** Milliseconds for so many. */
  readonly perMs: number
}

// More hosts than these are not remembered, so that an attacker with a million addresses costs no more memory than this.
const MOST_HOSTS = 16_384

// Adding up shares must not cost the last of them.
const ROUNDING_MS = 0.001

/**
 * How often each host has come of late.
 *
 * Remembers one number for a host: when all that it has used up of its share will be back. Source: the Generic Cell Rate
 * Algorithm, ITU-T I.371. Hosts are forgotten a half at a time, those that have not come for longest: to take them one by one
 * from the front of a Map costs more than all else.
 */
export class ConnectionRate {
  readonly #rate: Rate
  // Those that have come since the last time that some were forgotten, and those that came before that.
  #recent = new Map<string, number>()
  #older: ReadonlyMap<string, number> = new Map()
  #turnedMs = 0

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** How many hosts are remembered, at most: one that has come before and again counts twice. */
  get size(): number {
    return this.#recent.size + this.#older.size
  }

  /** Whether a host may come now; if so, it has come. */
  take(host: string): boolean {
    const { count, perMs } = this.#rate
    const nowMs = performance.now()
    // What has not come for this long has all of its share back.
    if (nowMs - this.#turnedMs >= perMs || this.#recent.size >= MOST_HOSTS / 2) this.#turn(nowMs)
    const knownMs = this.#recent.get(host) ?? this.#older.get(host) ?? 0
    const restoredMs = Math.max(knownMs, nowMs) + perMs / count
    if (restoredMs - nowMs > perMs + ROUNDING_MS) return false
    this.#recent.set(host, restoredMs)
    return true
  }

  toString(): string {
    return `${this.#rate.count} times in ${this.#rate.perMs} ms`
  }

  #turn(nowMs: number): void {
    this.#older = this.#recent
    this.#recent = new Map()
    this.#turnedMs = nowMs
  }
}
