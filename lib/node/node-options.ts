import type { BlockList } from 'node:net'
import type { GoodPeer } from '../door/candidate.js'
import type { Rate } from '../door/connection-rate.js'
import type { DuplicatePolicy } from '../door/duplicates.js'
import type { ReconnectOptions } from '../door/reconnect-options.js'
import type { DecodeOptions, EncodeOptions } from '../frame/frame-options.js'
import type { Codec } from '../messaging/codec.js'
import type { Handler, Handlers, MessageMap, Untyped } from '../messaging/messages.js'
import type { Logger } from '../observe/logger.js'
import type { Overflow } from '../peer/overflow.js'
import type { Endpoint } from '../transports/endpoint.js'
import type { TlsSettings } from '../transports/tls-options.js'
import type { Transport } from '../transports/transport.js'

/** How a node works. Times are milliseconds, limits are bytes and hold for each peer. */
export interface PeerNodeOptions<Data = Uint8Array, Messages extends MessageMap<Messages> = Untyped<Data>> {
  /** Where `start` and `startServer` listen: an endpoint, or several. */
  readonly bind?: Endpoint | readonly Endpoint[] | undefined
  /** What `start` dials: an endpoint, or several. */
  readonly connect?: Endpoint | readonly Endpoint[] | undefined
  /**
   * Options of node:tls, for every connection over TLS: `key` and `cert` of this node, the `ca` that it trusts, and so on. A
   * function that answers them is asked for each connection: a new object is a renewed certificate. @default none
   */
  readonly tls?: TlsSettings | undefined
  /** Transports beside TCP, TLS, Unix sockets and memory. They are asked first. */
  readonly transports?: readonly Transport[] | undefined
  /** Whether a candidate may become a peer; asked in both directions. Only `true` is a yes. @default all may */
  readonly goodPeer?: GoodPeer | undefined
  /** Peers that may come in from outside; what the node dials, and what is attached, is not counted. @default 1024 */
  readonly maxPeers?: number | undefined
  /** Of them, those of one host: of one IPv4 address, or of the first 64 bits of an IPv6 address. @default no limit */
  readonly maxPeersPerHost?: number | undefined
  /**
   * Connections from outside about which `goodPeer` may have yet to answer. When one more comes, the oldest of the host that
   * has most is turned away. @default 64
   */
  readonly maxPending?: number | undefined
  /**
   * How often a host may come: `count` connections at once, and then one each `perMs / count` milliseconds.
   * @default no limit
   */
  readonly connectionRate?: Rate | undefined
  /** Addresses that may not come in. @default none */
  readonly blockList?: BlockList | undefined
  /**
   * What happens when a remote that is a peer already connects again, by the identity that its transport has proven:
   * `'keep'` lets it in, `'refuse'` turns it away, `'replace'` ends the older peer. @default 'keep'
   */
  readonly duplicates?: DuplicatePolicy | undefined
  /**
   * Whether what is dialled is dialled until it answers, and again whenever its peer has left; not once we have closed it
   * ourselves. `true` for the defaults. @default false
   */
  readonly reconnect?: boolean | ReconnectOptions | undefined
  /** The layout of all frames. @default `uint32be` in front of every message */
  readonly framing?: (EncodeOptions & DecodeOptions) | undefined
  /** What messages are to handlers and `sendMsg`. @default every message is of type 0, and its bytes are the data */
  readonly codec?: Codec<Data, Messages> | undefined
  /** Handlers by message type. With any, messages go to handlers and not to `readRaw`. */
  readonly handlers?: Handlers<NoInfer<Data>, Messages> | undefined
  /** Gets the messages whose type has no handler. @default they are told as an `error` */
  readonly defaultHandler?: Handler<NoInfer<Data>> | undefined
  /**
   * A peer is paused when messages that cost more than this wait to be read; each costs its length and 64 bytes.
   * @default 1048576
   */
  readonly inboundLimit?: number | undefined
  /** When more than this waits for a peer, `overflow` says what happens to the next message. @default 16777216 */
  readonly outboundLimit?: number | undefined
  /**
   * Before all that waits to be read or sent, with all unfinished frames of the node, is more than this, nothing is read from the
   * peers that hold most; where unfinished frames alone are too much, the largest are refused.
   * @default no limit
   */
  readonly memoryLimit?: number | undefined
  /** What happens to a message for a peer for which more than `outboundLimit` waits. @default 'disconnect' */
  readonly overflow?: Overflow | undefined
  /** Whether a peer that has ended its side stays until `end` or `close` is called for it. @default false */
  readonly halfOpen?: boolean | undefined
  /** A peer from which no message has come for so long is closed; not one that waits for us. @default never */
  readonly timeoutMs?: number | undefined
  /** A peer from which no first message has come for so long is closed. @default never */
  readonly firstMessageTimeoutMs?: number | undefined
  /**
   * How long a frame may take to arrive, from its first byte on, and again for every 64 KiB of it that are here; the time that
   * we hold it up does not count.
   * @default 30000
   */
  readonly frameTimeoutMs?: number | undefined
  /**
   * A peer to which nothing else was sent for so long is sent an empty message, as a sign of life. Both ends set it: empty
   * messages are then not delivered, and cannot be sent.
   * @default no heartbeats
   */
  readonly heartbeatMs?: number | undefined
  /** How long dialling may take, name look-up included. @default 10000 */
  readonly connectTimeoutMs?: number | undefined
  /** How long it may take until a connection is admitted: a handshake, where it has one, and `goodPeer`. @default 10000 */
  readonly handshakeTimeoutMs?: number | undefined
  /** A peer for which bytes wait and that has taken none for so long is closed. @default 10000 */
  readonly sendTimeoutMs?: number | undefined
  /** How long closing may take: to let handlers finish, and to send what waits. @default 5000 */
  readonly closeTimeoutMs?: number | undefined
  /** TCP: after so much silence the system asks whether the remote is still there. `Infinity` does not ask. @default 15000 */
  readonly keepAliveMs?: number | undefined
  /** Time between two `tick` events. A node that ticks keeps its process alive until it is closed. @default no ticks */
  readonly tickIntervalMs?: number | undefined
  /** Gets fields and a sentence for what happens. @default silence */
  readonly logger?: Logger | undefined
}

/** Names the duplex that `attach` makes a peer of. */
export interface AttachOptions {
  /** The id of the peer, taken as it is. @default a new one */
  readonly id?: string | undefined
  /** What is proven of the remote end, equal for all its connections. @default nothing is */
  readonly identity?: string | undefined
}
