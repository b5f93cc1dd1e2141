import type { LongMessageSource } from '../frame/long-message.js'
import type { Address } from '../transports/endpoint.js'

/** Which side opened the connection: the remote end, this node, or the caller of `attach`. */
export type Direction = 'inbound' | 'outbound' | 'attached'

/** Identifies a peer. */
export interface PeerIdentity {
  /** Given once in the life of its node: where the remote end is, and a number. */
  readonly id: string
  /** What the transport has proven of the remote end, equal for all its connections; `undefined` where it proves nothing. */
  readonly identity: string | undefined
  /** Where the remote end is; `undefined` for an attached duplex. */
  readonly address: Address | undefined
  /** The address that was dialled; `undefined` unless this node dialled. */
  readonly endpoint: Address | undefined
  readonly direction: Direction
}

/** What has gone through a peer so far, and what waits. */
export interface PeerStats {
  /** Bytes that have come. */
  readonly bytesIn: number
  /** Messages that have come, and were handed over. */
  readonly messagesIn: number
  /** Bytes that were handed to the connection. */
  readonly bytesOut: number
  /** Messages of which the last byte was; heartbeats are none. */
  readonly messagesOut: number
  /** Bytes that wait to be sent. */
  readonly waiting: number
  /** What has come and waits to be read, in bytes as `inboundLimit` counts them. */
  readonly waitingIn: number
  /** How often it was not read on, since enough of it waited. */
  readonly paused: number
  /** Messages that were lost: those that were not sent, and those that came and were not delivered. */
  readonly dropped: number
  /** Those of them that were not sent, as far as that is known: what a broken connection had taken may be lost too. */
  readonly unsent: number
}

/**
 * One remote end of a node.
 *
 * `peer.send(message)` is `node.send(message, peer)` in every respect, and so are the other methods. A peer that has left
 * takes nothing: `send` and `sendRaw` answer `false` then, and count the message as dropped.
 */
export interface Peer extends PeerIdentity {
  /** Whether it takes messages: not closed, and not about to be. */
  readonly isOpen: boolean
  readonly stats: PeerStats

  /**
   * Frames a message and sends it. `true`: go on. `false`: enough waits, or it was dropped; wait for the node's `drained`,
   * and do not send it again.
   *
   * @throws {TypeError} If `message` is no Uint8Array.
   * @throws {FramingError} If the framing cannot carry it. Nothing is sent, and the peer stays.
   */
  send(message: Uint8Array): boolean

  /** Sends bytes that already are a frame. Otherwise as {@link send}. */
  sendRaw(frame: Uint8Array): boolean

  /**
   * Sends a message in pieces, as far as the peer takes them, and resolves when the last is on its way. What is sent
   * meanwhile waits behind it. A source that fails, or whose pieces are not as many bytes as its `length`, closes the peer
   * if a part of the message is out.
   *
   * Rejects with a {@link TypeError} if `source` is no iterable of bytes with a length, a {@link FramingError} if the framing
   * cannot carry it, a {@link RangeError} if its length is not that of its pieces, what its source throws, and a
   * {@link PeerError} `ERR_PEER_GONE` if the peer leaves before its end.
   */
  sendLong(source: LongMessageSource): Promise<void>

  /** Ends this side, behind what waits to be sent. What the remote end still says is read. */
  end(): void

  /** The peer in words, for a person: `Peer 127.0.0.1:50112#17 (inbound, open)`. */
  toString(): string

  /** Sends what waits to be sent, then closes. What does not leave within the node's `closeTimeoutMs` is lost. */
  close(): Promise<void>
}
