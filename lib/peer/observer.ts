import type { RefusalReason } from '../errors.js'
import type { Address } from '../transports/endpoint.js'
import type { Message } from './lane.js'
import type { Direction, Peer } from './peer.js'

/** Is told what happens on a node. It never throws. */
export interface Observer {
  /** The node listens. `name` is the address in words. */
  listening(address: Address, name: string): void
  /** A connection is there, of which nothing has been asked yet; `endpoint` is the address that was dialled, if it was. */
  connected(address: Address, direction: Direction, endpoint: Address | undefined): void
  /** A connection has become a peer. */
  joined(peer: Peer): void
  /** A peer has left; `reason` is the error that ended it, `undefined` after a clean end. */
  left(peer: Peer, reason: Error | undefined): void
  /** A connection from outside was turned away. `name` is its address in words, `reason` what it is counted under. */
  refused(name: string, error: Error, reason: RefusalReason): void
  /** An endpoint is dialled again, in `delayMs`, for the `attempt`th time; `cause` is why that is needed, if it is an error. */
  reconnecting(endpoint: Address, attempt: number, delayMs: number, cause: Error | undefined): void
  /** Something will go wrong, and has not yet: a limit of the system is lower than one of the node. */
  warned(sentence: string): void
  /** Messages of a peer have come, and are about to be handed over. Told while `messageIn` has subscribers. */
  received(peer: Peer, messages: readonly Message[]): void
  /**
   * A message, or a frame, was taken for a peer or several. `bytes` is `undefined` of a long message. Told while `messageOut`
   * has subscribers.
   */
  sent(to: Peer | readonly Peer[], bytes: Uint8Array | undefined, length: number): void
  /** Messages to a peer, which were not sent, or from it, were lost. */
  dropped(peer: Peer, count: number, isUnsent: boolean): void
  /** Enough waits to be sent to a peer, or no longer. */
  congested(peer: Peer, isCongested: boolean): void
  /** Another interval is over. */
  ticked(elapsedMs: number): void
  /** Something was thrown that closes nothing: by a handler, a listener, or while accepting. */
  failed(thrown: unknown, peer: Peer | undefined): void
  /** The node has closed. */
  closed(): void
}

/** Is told everything, and does nothing: what others observe is written over it. */
export const OBSERVES_NOTHING: Observer = {
  listening: nothing,
  connected: nothing,
  joined: nothing,
  left: nothing,
  refused: nothing,
  reconnecting: nothing,
  warned: nothing,
  received: nothing,
  sent: nothing,
  dropped: nothing,
  congested: nothing,
  ticked: nothing,
  failed: nothing,
  closed: nothing,
}

function nothing(): void {
  // Nothing is observed.
}
