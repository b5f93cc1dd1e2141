import { EventEmitter } from 'node:events'
import type { Duplex, Transform } from 'node:stream'
import type { MessageIterator } from '../async/message-iterator.js'
import type { PeerCandidate } from '../door/candidate.js'
import type { AbortOptions, DialOptions } from '../door/dialling.js'
import type { ServerOptions } from '../door/listening.js'
import type { LongMessageSource } from '../frame/long-message.js'
import type { MessageType } from '../messaging/codec.js'
import type { Handler, HandlerOptions } from '../messaging/dispatcher.js'
import type { PeerNodeEvents } from '../observe/events.js'
import type { NodeStats } from '../observe/stats.js'
import { type FramingMethods, framingOf } from '../peer/framing.js'
import type { Received } from '../peer/inbox.js'
import { showAs } from '../peer/inspect.js'
import type { Peer } from '../peer/peer.js'
import { LengthPrefixDecoder } from '../streams/length-prefix-decoder.js'
import { LengthPrefixEncoder } from '../streams/length-prefix-encoder.js'
import type { Address, Endpoint } from '../transports/endpoint.js'
import type { Transport } from '../transports/transport.js'
import { describeNode } from './describe-node.js'
import type { AttachOptions, PeerNodeOptions } from './node-options.js'
import { resolveNodeOptions } from './node-settings.js'
import { type Parts, partsOf } from './parts.js'

/**
 * A node over the transports it is given: client and server at once, with one stream of messages from all peers.
 *
 * Subclasses may override `goodPeer`, `encodeMsg`, `createEncoder` and `createDecoder`: whatever pair of Transforms they
 * return is the framing of every peer. The decoder's readable side gives messages, or arrays of messages.
 */
export class BaseNode<Data = Uint8Array> extends EventEmitter<PeerNodeEvents> {
  static {
    showAs(this.prototype, describeNode)
  }

  readonly #parts: Parts<Data>

  /**
   * @throws {TypeError} If an option has the wrong type, or is none.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options: PeerNodeOptions<Data>, transports: readonly Transport[]) {
    super()
    // The one place that asks what a subclass overrides. This class may hand on its protected methods, which the types forbid.
    const [own, usual] = [this, BaseNode.prototype] as unknown as [FramingMethods, FramingMethods]
    this.#parts = partsOf(resolveNodeOptions(options, transports), this, {
      goodPeer: (candidate) => this.goodPeer(candidate),
      framing: (encoder) => framingOf(own, usual, encoder),
    })
  }

  /** All peers by id. */
  get peers(): ReadonlyMap<string, Peer> {
    return this.#parts.crowd.peers
  }

  /** Where the node listens: the first of {@link addresses}, `undefined` while it does not. */
  get address(): Address | undefined {
    return this.#parts.door.addresses[0]
  }

  /** Everywhere the node listens, in order. */
  get addresses(): readonly Address[] {
    return this.#parts.door.addresses
  }

  /** Whether {@link close} was called. */
  get isClosing(): boolean {
    return this.#parts.lifetime.isClosing
  }

  /** Whether the node has closed. */
  get isClosed(): boolean {
    return this.#parts.lifetime.isClosed
  }

  /** What has gone through all peers so far, what waits, and whom the node has turned away. */
  stats(): NodeStats {
    return this.#parts.stats.read(this.#parts.crowd.peers)
  }

  /**
   * Listens where `bind` says, then dials what `connect` names. Called again, it does what is missing; called meanwhile, it is
   * the same promise. Rejects with the first error of {@link startServer} or {@link connectTo}; what is open stays open.
   */
  async start(options: AbortOptions = {}): Promise<void> {
    this.#parts.lifetime.refuseIfClosing('start')
    await this.#parts.door.start(options)
  }

  /**
   * Listens at `bind`, or at all that the option names, and resolves with the first bound address; port 0 finds a free port.
   *
   * @throws {PeerError} `ERR_ALREADY_LISTENING`, if it listens there or is about to; `ERR_NODE_CLOSED`.
   * @throws The system's error, such as `EADDRINUSE`, or the signal's reason. The node can try again.
   */
  async startServer(bind?: Endpoint, options: ServerOptions = {}): Promise<Address> {
    this.#parts.lifetime.refuseIfClosing('listen')
    return this.#parts.door.listen(bind, options)
  }

  /** Stops listening everywhere. Peers stay. */
  async stopServer(): Promise<void> {
    this.#parts.door.stopListening()
  }

  /**
   * Dials, and resolves with the peer once `goodPeer` has accepted it. With `reconnect` it dials until that is so, and again
   * whenever the peer has left: each connection is a new `Peer`.
   *
   * @throws {PeerError} `ERR_PEER_REFUSED`, `ERR_TIMEOUT` (with `phase` connect or handshake), `ERR_NODE_CLOSED`.
   * @throws The system's error, such as `ECONNREFUSED`, or the signal's reason.
   */
  async connectTo(endpoint: Endpoint, options: DialOptions = {}): Promise<Peer> {
    this.#parts.lifetime.refuseIfClosing('connect')
    return this.#parts.door.connect(endpoint, options)
  }

  /**
   * Makes a peer of any duplex, without asking `goodPeer`.
   *
   * @throws {TypeError} If `duplex` is no duplex, or is a peer already.
   * @throws {RangeError} If a peer has the id.
   * @throws {PeerError} `ERR_NODE_CLOSED`.
   */
  attach(duplex: Duplex, options: AttachOptions = {}): Peer {
    this.#parts.lifetime.refuseIfClosing('attach')
    return this.#parts.crowd.attach(duplex, options)
  }

  /**
   * Frames a message and sends it to one peer, or to all when `to` is left out. `true`: go on. `false`: enough waits, or it
   * was dropped, since too much waits or the peer has left: wait for {@link drained}, and do not send it again.
   *
   * @throws {TypeError} If `message` is no Uint8Array.
   * @throws {FramingError} If the framing cannot carry the message. Nothing is sent, and the peer stays.
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, if no peer has such an id.
   */
  send(message: Uint8Array, to?: Peer | string): boolean {
    return this.#parts.crowd.send(message, to)
  }

  /** Sends bytes that already are a frame. Otherwise as {@link send}; an encoder of your own must not work asynchronously. */
  sendRaw(frame: Uint8Array, to?: Peer | string): boolean {
    return this.#parts.crowd.sendRaw(frame, to)
  }

  /** Sends a message in pieces, as {@link Peer.sendLong} does. @throws {PeerError} `ERR_PEER_UNKNOWN`, as {@link send}. */
  async sendLong(source: LongMessageSource, to: Peer | string): Promise<void> {
    await this.#parts.crowd.resolve(to).sendLong(source)
  }

  /** Sends typed data, as the codec writes it. Otherwise as {@link send}. */
  sendMsg(type: MessageType, data: Data, to?: Peer | string): boolean {
    return this.send(this.#parts.settings.codec.serialise(type, data), to)
  }

  /**
   * Resolves with `true` when the peer has room for more, and with `false` when it is gone. When `to` is left out: when all
   * have room that take what they are sent. One that has taken no byte for a second is not waited for.
   *
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, if no peer has such an id.
   */
  drained(to?: Peer | string): Promise<boolean> {
    return this.#parts.crowd.drained(to)
  }

  /**
   * All messages of all peers. Peers have turns, one message each. Leaving the loop loses no message and closes no peer; the
   * loop ends when the node is closed. To read a single message, keep the iterator and call its `next()`.
   *
   * @throws {PeerError} `ERR_READER_BUSY`, if another loop or handlers take the messages.
   */
  readRaw(options?: AbortOptions): MessageIterator<Received> {
    return this.#parts.reading.messages(options)
  }

  /** The same, an array at a time: faster. Peers have turns, up to 128 messages each. */
  readRawBatches(options?: AbortOptions): MessageIterator<Received[]> {
    return this.#parts.reading.batches(options)
  }

  /**
   * Adds a handler for messages of a type. From the first handler on, handlers take all messages. One that throws or rejects
   * is reported by `error`, and costs no other handler and no peer anything.
   *
   * @throws {PeerError} `ERR_READER_BUSY`, if a loop takes the messages.
   */
  addHandler(type: MessageType, handler: Handler<Data>, options?: HandlerOptions): void {
    this.#parts.reading.addHandler(type, handler, options)
  }

  /** Sends what waits for a peer, then closes it: nothing is dialled again for it, also if it has left. @throws {PeerError} `ERR_PEER_UNKNOWN`, if no peer has such an id. */
  async closePeer(peer: Peer | string): Promise<void> {
    await this.#parts.crowd.resolve(peer).close()
  }

  /**
   * Stops listening and dialling, lets handlers that run finish, sends what waits for every peer and closes it, and ends the
   * loops; all within `closeTimeoutMs`. Calling it again waits for the same.
   */
  close(): Promise<void> {
    return this.#parts.lifetime.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  override toString(): string {
    return describeNode(this)
  }

  /** Whether a candidate may become a peer: only `true` is a yes. What it throws is a no. */
  protected goodPeer(candidate: PeerCandidate): boolean | Promise<boolean> {
    const { goodPeer } = this.#parts.settings
    return goodPeer === undefined || goodPeer(candidate)
  }

  /** The frame of a message. Overridden, it frames everything that is sent. */
  protected encodeMsg(message: Uint8Array): Uint8Array {
    return this.#parts.encoder.encode(message)
  }

  /** A Transform from messages to bytes, for one peer. */
  protected createEncoder(): Transform {
    return new LengthPrefixEncoder(this.#parts.settings.layout)
  }

  /** A Transform from bytes to messages or arrays of messages, for one peer. */
  protected createDecoder(): Transform {
    return new LengthPrefixDecoder(this.#parts.settings.layout)
  }
}
