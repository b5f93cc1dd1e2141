import type { RefusalReason } from '../errors.js'
import type { Address } from '../transports/endpoint.js'
import type { Peer } from './peer.js'

/** Is told what happens on a node. It never throws. */
export interface Observer {
  /** The node listens. `name` is the address in words. */
  listening(address: Address, name: string): void
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
  /** Messages to a peer, or from it, were lost. */
  dropped(peer: Peer, count: number): void
  /** Another interval is over. */
  ticked(elapsedMs: number): void
  /** Something was thrown that closes nothing: by a handler, a listener, or while accepting. */
  failed(thrown: unknown, peer: Peer | undefined): void
  /** The node has closed. */
  closed(): void
}
