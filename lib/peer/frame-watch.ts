import type { Arriving } from './arriving.js'
import { Rounds } from './rounds.js'

/** Is told that a frame takes too long to arrive. */
export interface FrameOwner {
  readonly inlet: { readonly arriving: Arriving | undefined; readonly isHeldUp: boolean }
  /** The frame has had `limitMs`, and is not whole. */
  onLate(limitMs: number): void
}

/** A frame that was arriving when it was looked last, and how long it has by now, but for the time that we held it up. */
interface Sight {
  readonly start: number
  readonly usedMs: number
  readonly lookedMs: number
}

const LOOKS = 20
const LONGEST_INTERVAL_MS = 1000

// Bytes for which a frame has as much time again.
const BYTES_IN_TIME = 65_536

/** Looks at the frames that are arriving, and tells which are late: a remote that sends a byte now and then would hold them for ever. */
export class FrameWatch {
  readonly #rounds: Rounds<FrameOwner, Sight>

  /** @param limitMs Time for a frame, from its first byte on, and again for every 64 KiB that have arrived. */
  constructor(limitMs: number) {
    this.#rounds = new Rounds(Math.min(limitMs / LOOKS, LONGEST_INTERVAL_MS), (owner, before, nowMs) => {
      const { arriving, isHeldUp } = owner.inlet
      // What has come is not all looked at: there may be a part of a frame in it.
      if (arriving === undefined) return isHeldUp ? { start: NaN, usedMs: 0, lookedMs: nowMs } : undefined
      const { start, length } = arriving
      if (before?.start !== start) return { start, usedMs: 0, lookedMs: nowMs }
      const usedMs = isHeldUp ? before.usedMs : before.usedMs + nowMs - before.lookedMs
      const allowedMs = limitMs * (1 + Math.floor(length / BYTES_IN_TIME))
      if (usedMs >= allowedMs) owner.onLate(allowedMs)
      return { start, usedMs, lookedMs: nowMs }
    })
  }

  /** Watches a peer of which a frame is arriving. */
  watch(owner: FrameOwner): void {
    this.#rounds.add(owner)
  }

  /** Forgets a peer that is gone. */
  forget(owner: FrameOwner): void {
    this.#rounds.delete(owner)
  }
}
