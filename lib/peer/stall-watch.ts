import type { Outlet } from './outlet.js'
import { Rounds } from './rounds.js'

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
  readonly progress: number
  readonly sinceMs: number
}

/** Looks at the outlets for which bytes wait, and tells how long none has left. */
export class StallWatch {
  readonly #rounds: Rounds<StallOwner, Sight>

  /** @param limitMs After so long something is done about it. */
  constructor(limitMs: number) {
    this.#rounds = new Rounds(Math.min(limitMs / LOOKS, LONGEST_INTERVAL_MS), look)
  }

  /** Watches a peer until nothing waits for it. */
  watch(owner: StallOwner): void {
    this.#rounds.add(owner)
  }

  /** Forgets a peer that is gone. */
  forget(owner: StallOwner): void {
    this.#rounds.delete(owner)
  }
}

function look(owner: StallOwner, before: Sight | undefined, nowMs: number): Sight | undefined {
  const { progress } = owner.outlet
  if (progress !== undefined && before?.progress === progress) {
    owner.onStall(nowMs - before.sinceMs)
    return before
  }
  if (before !== undefined) owner.onStall(0)
  return progress === undefined ? undefined : { progress, sinceMs: nowMs }
}
