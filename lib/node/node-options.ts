import type { GoodPeer } from '../door/admission.js'
import type { DecodeOptions, EncodeOptions } from '../frame/frame-options.js'
import type { Codec } from '../messaging/codec.js'
import type { Handler, Handlers, MessageMap, Untyped } from '../messaging/messages.js'
import type { Logger } from '../observe/logger.js'
import type { Overflow } from '../peer/overflow.js'
import type { Endpoint } from '../transports/endpoint.js'
import type { Transport } from '../transports/transport.js'

/** How a node works. Times are milliseconds, limits are bytes and hold for each peer. */
export interface PeerNodeOptions<Data = Uint8Array, Messages extends MessageMap<Messages> = Untyped<Data>> {
  /** Where `start` and `startServer` listen: an endpoint, or several. */
  readonly bind?: Endpoint | readonly Endpoint[] | undefined
  /** What `start` dials: an endpoint, or several. */
  readonly connect?: Endpoint | readonly Endpoint[] | undefined
  /** Transports beside TCP, Unix sockets and memory. They are asked first. */
  readonly transports?: readonly Transport[] | undefined
  /** Whether a candidate may become a peer; asked in both directions. Only `true` is a yes. @default all may */
  readonly goodPeer?: GoodPeer | undefined
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
  /** What happens to a message for a peer for which more than `outboundLimit` waits. @default 'disconnect' */
  readonly overflow?: Overflow | undefined
  /** Whether a peer that has ended its side stays until `end` or `close` is called for it. @default false */
  readonly halfOpen?: boolean | undefined
  /** A peer from which no message has come for so long is closed; not one that waits for us. @default never */
  readonly timeoutMs?: number | undefined
  /** How long dialling may take, name look-up included. @default 10000 */
  readonly connectTimeoutMs?: number | undefined
  /** How long `goodPeer` may take. @default 10000 */
  readonly handshakeTimeoutMs?: number | undefined
  /** A peer for which bytes wait and that has taken none for so long is closed. @default 10000 */
  readonly sendTimeoutMs?: number | undefined
  /** How long closing may take: to let handlers finish, and to send what waits. @default 5000 */
  readonly closeTimeoutMs?: number | undefined
  /** TCP: after so much silence the system asks whether the remote is still there. `Infinity` does not ask. @default 15000 */
  readonly keepAliveMs?: number | undefined
  /** Time between two `tick` events. A node that ticks keeps its process alive until it is closed. @default no ticks */
  readonly tickIntervalMs?: number | undefined
  /** Gets a sentence for what happens. @default silence */
  readonly logger?: Logger | undefined
}

/** Names the duplex that `attach` makes a peer of. */
export interface AttachOptions {
  /** The id of the peer, taken as it is. @default a new one */
  readonly id?: string | undefined
  /** What is proven of the remote end, equal for all its connections. @default nothing is */
  readonly identity?: string | undefined
}
