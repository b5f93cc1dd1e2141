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
 * Remembers one number for a host: when all that it has used up of its share will be back. Those that have all of it are
 * forgotten. Source: the Generic Cell Rate Algorithm, ITU-T I.371.
 */
export class ConnectionRate {
  readonly #rate: Rate
  // By host, in the order in which they came last.
  readonly #restoredMs = new Map<string, number>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** How many hosts are remembered. */
  get size(): number {
    return this.#restoredMs.size
  }

  /** Whether a host may come now; if so, it has come. */
  take(host: string): boolean {
    const { count, perMs } = this.#rate
    const nowMs = performance.now()
    const restoredMs = Math.max(this.#restoredMs.get(host) ?? 0, nowMs) + perMs / count
    if (restoredMs - nowMs > perMs + ROUNDING_MS) return false
    this.#restoredMs.delete(host)
    this.#restoredMs.set(host, restoredMs)
    this.#forget(nowMs)
    return true
  }

  // At most two with each that comes: no flood makes it wait, and none outgrows it.
  #forget(nowMs: number): void {
    let looks = 2
    for (const [host, restoredMs] of this.#restoredMs) {
      if (looks-- === 0 || (restoredMs > nowMs && this.#restoredMs.size <= MOST_HOSTS)) return
      this.#restoredMs.delete(host)
    }
  }
}
