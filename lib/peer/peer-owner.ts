import type { Congestion } from './congestion.js'
import type { Framing } from './framing.js'
import type { Inbox } from './inbox.js'
import type { LaneOwner } from './lane.js'
import type { Observer } from './observer.js'
import type { Overflow } from './overflow.js'
import type { Peer } from './peer.js'
import type { StallWatch } from './stall-watch.js'

/** Limits and times that hold for every peer of a node. Times are milliseconds, limits are bytes. */
export interface PeerSettings {
  readonly timeoutMs: number | undefined
  readonly sendTimeoutMs: number
  readonly closeTimeoutMs: number
  readonly outboundLimit: number
  readonly overflow: Overflow
  readonly halfOpen: boolean
}

/** What the peers of a node share, and what a peer asks of the node. */
export interface PeerOwner {
  readonly settings: PeerSettings
  readonly framing: Framing
  readonly inbox: Inbox
  readonly congestion: Congestion
  readonly stalls: StallWatch
  readonly observer: Observer
  /** Lets out what was sent to all peers before. */
  beforeSend(): void
  /** A peer is closed by us, or was after it had left. */
  onClosing(peer: Peer & LaneOwner): void
  /** A peer has left. */
  onGone(peer: Peer, reason: Error | undefined): void
}
