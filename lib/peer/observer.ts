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
  /** A connection from outside was turned away. `name` is its address in words. */
  refused(name: string, error: Error): void
  /** Messages to a peer, or from it, were lost. */
  dropped(peer: Peer, count: number): void
  /** Another interval is over. */
  ticked(elapsedMs: number): void
  /** Something was thrown that closes nothing: by a handler, a listener, or while accepting. */
  failed(thrown: unknown, peer: Peer | undefined): void
  /** The node has closed. */
  closed(): void
}
