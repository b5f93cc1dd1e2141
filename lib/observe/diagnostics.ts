import { channel } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { RefusalReason } from '../errors.js'
import { isInMemory } from '../frame/long-message.js'
import { messageIn, messageOut } from '../peer/message-channels.js'
import type { Observer } from '../peer/observer.js'
import type { Direction, Peer } from '../peer/peer.js'
import type { Address } from '../transports/endpoint.js'
import type { PeerNodeEvents } from './events.js'

/** What a channel tells of something, and the node on which it happens. */
export type OnNode<Payload> = Payload & { readonly node: EventEmitter<PeerNodeEvents> }

/** A message on its way. */
export interface ObservedMessage {
  readonly peer: Peer
  /** The message; the frame, where a frame was sent; `undefined` of a message in pieces. */
  readonly data: Uint8Array | undefined
  /** Its length, in bytes. */
  readonly length: number
}

/** Channels of `node:diagnostics_channel`, and what their subscribers get. */
export interface DiagnosticsChannels {
  /** A connection is there, and `goodPeer` has not been asked; `endpoint` is the address that was dialled, if it was. */
  'lengthwise:connect': OnNode<{
    readonly address: Address
    readonly direction: Direction
    readonly endpoint: Address | undefined
  }>
  /** A connection, or an attached duplex, has become a peer. */
  'lengthwise:admit': OnNode<{ readonly peer: Peer }>
  /** A connection from outside was turned away. `name` is its address in words, `reason` what it is counted under. */
  'lengthwise:refuse': OnNode<{ readonly name: string; readonly error: Error; readonly reason: RefusalReason }>
  /** A peer has left; `reason` is the error that ended it, `undefined` after a clean end. */
  'lengthwise:disconnect': OnNode<{ readonly peer: Peer; readonly reason: Error | undefined }>
  /** A message of a peer has come, and is about to be handed over. */
  'lengthwise:message-in': OnNode<ObservedMessage>
  /** A message was taken for a peer. If it is lost, `lengthwise:drop` tells that too. */
  'lengthwise:message-out': OnNode<ObservedMessage>
  /** Messages were lost: those that were not sent, or those that came and were not delivered. */
  'lengthwise:drop': OnNode<{ readonly peer: Peer; readonly count: number; readonly isUnsent: boolean }>
  /** Enough waits to be sent to a peer, or no longer. */
  'lengthwise:congested': OnNode<{ readonly peer: Peer; readonly isCongested: boolean }>
  /** An endpoint is dialled again, in `delayMs`, for the `attempt`th time; `cause` is why, if it is an error. */
  'lengthwise:reconnect': OnNode<{
    readonly endpoint: Address
    readonly attempt: number
    readonly delayMs: number
    readonly cause: Error | undefined
  }>
}

/** Publishes what happens on a node. Without a subscriber it makes nothing, and looks at no message. */
export function diagnosticsOf(node: EventEmitter<PeerNodeEvents>): Partial<Observer> {
  function publish<Values extends unknown[], Name extends keyof DiagnosticsChannels>(
    name: Name,
    tell: (...values: Values) => Omit<DiagnosticsChannels[Name], 'node'>,
  ): (...values: Values) => void {
    const told = channel(name)
    return (...values) => {
      if (told.hasSubscribers) told.publish({ node, ...tell(...values) })
    }
  }
  return {
    connected: publish('lengthwise:connect', (address, direction, endpoint) => ({ address, direction, endpoint })),
    joined: publish('lengthwise:admit', (peer) => ({ peer })),
    refused: publish('lengthwise:refuse', (name, error, reason) => ({ name, error, reason })),
    left: publish('lengthwise:disconnect', (peer, reason) => ({ peer, reason })),
    dropped: publish('lengthwise:drop', (peer, count, isUnsent) => ({ peer, count, isUnsent })),
    congested: publish('lengthwise:congested', (peer, isCongested) => ({ peer, isCongested })),
    reconnecting: publish('lengthwise:reconnect', (endpoint, attempt, delayMs, cause) => {
      return { endpoint, attempt, delayMs, cause }
    }),
    received: (peer, messages) => {
      for (const message of messages) {
        const data = isInMemory(message) ? message : undefined
        messageIn.publish({ node, peer, data, length: message.length })
      }
    },
    sent: (to, data, length) => {
      // Those that are not open when a message is sent to all do not get it.
      const peers = Array.isArray(to) ? (to as readonly Peer[]).filter(({ isOpen }) => isOpen) : [to as Peer]
      for (const peer of peers) messageOut.publish({ node, peer, data, length })
    },
  }
}
