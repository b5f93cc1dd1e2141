import type { EventEmitter } from 'node:events'
import type { Observer } from '../peer/observer.js'
import type { Peer } from '../peer/peer.js'
import type { Address } from '../transports/endpoint.js'
import { errorOf } from './error-of.js'

/** Events of a node, and what their listeners get. What a listener throws becomes an `error`, and stops nothing. */
export interface PeerNodeEvents {
  /** The node listens. */
  listening: [address: Address]
  /** A connection has become a peer. */
  peer: [peer: Peer]
  /** A peer is gone; `reason` is the error that ended it, `undefined` after a clean end. */
  disconnect: [peer: Peer, reason: Error | undefined]
  /**
   * An endpoint is dialled again, in `delayMs` milliseconds, since its peer has left or could not be reached: for the
   * `attempt`th time, counted from 1 since a peer of it last stayed.
   */
  reconnecting: [endpoint: Address, attempt: number, delayMs: number]
  /** Another interval is over; `elapsedMs` is the time since the last tick. */
  tick: [elapsedMs: number]
  /** Something went wrong that closes nothing: a handler threw, accepting failed. Never emitted without a listener. */
  error: [error: Error, peer: Peer | undefined]
  /** The node is closed. */
  close: []
}

/**
 * Emits what happens on a node as its events. Every listener is called, whatever the others do.
 *
 * @param onThrown Gets what a listener threw or rejected with, and whether that was one of `error`.
 */
export function eventsOf(
  node: EventEmitter<PeerNodeEvents>,
  onThrown: (thrown: unknown, peer: Peer | undefined, wasTold: boolean) => void,
): Partial<Observer> {
  function emit<Name extends keyof PeerNodeEvents>(name: Name, peer?: Peer, ...values: PeerNodeEvents[Name]): void {
    const caught = (thrown: unknown): void => onThrown(thrown, peer, name === 'error')
    // The raw ones, since those that were added by `once` remove themselves.
    for (const listener of node.rawListeners(name)) {
      try {
        const result: unknown = Reflect.apply(listener, node, values)
        if (result instanceof Promise) result.catch(caught)
      } catch (thrown) {
        caught(thrown)
      }
    }
  }
  return {
    listening: (address) => emit('listening', undefined, address),
    joined: (peer) => emit('peer', peer, peer),
    left: (peer, reason) => emit('disconnect', peer, peer, reason),
    reconnecting: (endpoint, attempt, delayMs) => emit('reconnecting', undefined, endpoint, attempt, delayMs),
    ticked: (elapsedMs) => emit('tick', undefined, elapsedMs),
    failed: (thrown, peer) => emit('error', peer, errorOf(thrown), peer),
    closed: () => emit('close'),
  }
}
