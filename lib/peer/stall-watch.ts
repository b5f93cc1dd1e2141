import type { Outlet } from './outlet.js'

// How often it is looked before the time is up, and at least: a stall of a second is to be seen in time.
const LOOKS = 4
const LONGEST_INTERVAL_MS = 250

/** Is told that bytes wait for it and none leaves. */
export interface StallOwner {
  readonly outlet: Outlet
  /** Nothing has left for `stalledMs`; 0 when something leaves again. */
  onStall(stalledMs: number): void
}

/** What was seen of an outlet when it was looked at last. */
interface Sight {
  progress: number
  sinceMs: number
}

/**
 * Looks again and again at the outlets for which bytes wait, and tells how long none has left. One timer serves all peers
 * of a node, since a timer for each would cost every one that is sent to.
 */
export class StallWatch {
  readonly #intervalMs: number
  readonly #watched = new Map<StallOwner, Sight | undefined>()
  #timer: NodeJS.Timeout | undefined

  /** @param limitMs After so long something is done about it. */
  constructor(limitMs: number) {
    this.#intervalMs = Math.min(limitMs / LOOKS, LONGEST_INTERVAL_MS)
  }

  /** Watches a peer until nothing waits for it. */
  watch(owner: StallOwner): void {
    if (this.#watched.has(owner)) return
    this.#watched.set(owner, undefined)
    this.#timer ??= this.#plan()
  }

  /** Forgets a peer that is gone. */
  forget(owner: StallOwner): void {
    this.#watched.delete(owner)
    if (this.#watched.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const nowMs = performance.now()
    this.#timer = undefined
    for (const [owner, sight] of this.#watched) {
      const progress = owner.outlet.progress
      if (progress === undefined) {
        this.#watched.delete(owner)
      } else if (sight?.progress === progress) {
        owner.onStall(nowMs - sight.sinceMs)
        continue
      } else {
        this.#watched.set(owner, { progress, sinceMs: nowMs })
      }
      if (sight !== undefined) owner.onStall(0)
    }
    if (this.#watched.size > 0) this.#timer = this.#plan()
  }

  #plan(): NodeJS.Timeout {
    // Looking is no reason for a process to live on.
    return setTimeout(() => this.#look(), this.#intervalMs).unref()
  }
}
