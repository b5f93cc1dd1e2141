import type { LaneOwner, Message } from './lane.js'

/** Takes messages before they wait, and is told when no more will come. */
export interface Taker {
  /** Takes messages of a peer. Returns the others, which wait. */
  take(from: LaneOwner, messages: readonly Message[]): readonly Message[]
  /** The remote has ended its side, and all that it said has come. */
  onEnded(peer: LaneOwner): void
  /** A peer has left; `reason` is the error that ended it. */
  onGone(peer: LaneOwner, reason: Error | undefined): void
}
