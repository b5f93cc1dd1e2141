import { EventEmitter } from 'node:events'
import type { Duplex, Transform } from 'node:stream'
import { PeerError } from '../errors.js'
import { assertBytes, nameOf } from '../arguments.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import { type FrameLayout, resolveLayout } from '../frame/frame-layout.js'
import { isLongMessageSource, type LongMessageSource } from '../frame/long-message.js'
import { LengthPrefixDecoder } from '../streams/length-prefix-decoder.js'
import { LengthPrefixEncoder } from '../streams/length-prefix-encoder.js'
import { MessageIterator } from '../async/message-iterator.js'
import { type Codec, type MessageType, rawCodec } from './codec.js'
import { Dispatcher, type Handler, type HandlerOptions, type Handlers } from './dispatcher.js'
import { type Address, type Endpoint, formatAddress } from './endpoint.js'
import { type AbortOptions, Gateway, type GatewayHost, type ServerOptions } from './gateway.js'
import { Inbox, type Received } from './inbox.js'
import type { Peer, PeerIdentity } from './peer.js'
import { PeerGroup, type PeerGroupHost } from './peer-group.js'
import {
  type PeerCandidate,
  type PeerNodeOptions,
  type PeerNodeSettings,
  resolvePeerNodeOptions,
} from './peer-node-options.js'
import { Ticker } from '../async/ticker.js'
import type { Transport } from './transport.js'

/** Events of a node, and what their listeners get. */
export interface PeerNodeEvents {
  /** The node listens. */
  listening: [address: Address]
  /** Somebody has become a peer. */
  peer: [peer: Peer]
  /** A peer is gone; `reason` is the error that ended it, `undefined` after a clean end. */
  disconnect: [peer: Peer, reason: Error | undefined]
  /** Another interval is over; `elapsedMs` is the time since the last tick. */
  tick: [elapsedMs: number]
  /** Something went wrong that closes nobody: a handler threw, accepting failed. Never emitted without a listener. */
  error: [error: Error, peer: Peer | undefined]
  /** The node is closed. */
  close: []
}

// A peer's socket is corked for the tick, so that long messages need not be copied into one piece with the others.
const COPY_LIMIT = 2048

/**
 * A node over the transports it is given: client and server at once, with one stream of messages from all peers.
 *
 * Subclasses may override `goodPeer`, `encodeMsg`, `createEncoder` and `createDecoder`: whatever pair of Transforms they
 * return is the framing of every peer. The decoder's readable side gives messages, or arrays of messages.
 */
export class BaseNode<Data = Uint8Array> extends EventEmitter<PeerNodeEvents> {
  readonly #settings: PeerNodeSettings<Data>
  readonly #codec: Codec<Data>
  readonly #encoder: FrameEncoder
  // Shared by the coders of all peers.
  readonly #layout: FrameLayout
  readonly #inbox: Inbox
  readonly #group: PeerGroup
  readonly #gateway: Gateway
  readonly #ticker: Ticker | undefined
  // Who takes messages from the inbox: a loop, or the handlers.
  #reader: MessageIterator<unknown> | Dispatcher<Data> | undefined
  #closed: Promise<void> | undefined
  #isClosed = false

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options: PeerNodeOptions<Data>, transports: readonly Transport[]) {
    super()
    const settings = resolvePeerNodeOptions(options, transports)
    this.#settings = settings
    // Without a codec, `Data` is what rawCodec makes of messages.
    this.#codec = settings.codec ?? (rawCodec as unknown as Codec<Data>)
    this.#layout = resolveLayout({ ...settings.framing, copyLimit: COPY_LIMIT })
    this.#encoder = new FrameEncoder(this.#layout)
    this.#inbox = new Inbox(settings.inboundLimit)
    this.#group = new PeerGroup(this.#groupHost(), this.#inbox, this.#encoder, settings)
    this.#gateway = new Gateway(this.#gatewayHost(), settings)
    for (const [type, handler] of entriesOf(settings.handlers)) this.addHandler(type, handler)
    if (settings.tickIntervalMs !== undefined) {
      this.#ticker = new Ticker(settings.tickIntervalMs, (elapsedMs) => this.emit('tick', elapsedMs))
    }
  }

  /** All peers by id. */
  get peers(): ReadonlyMap<string, Peer> {
    return this.#group.peers
  }

  /** Where the node listens, `undefined` while it does not. */
  get address(): Address | undefined {
    return this.#gateway.address
  }

  /**
   * Listens if `bind` was given, then dials what `connect` names.
   *
   * Rejects with the first error of {@link startServer} or {@link connectTo}; what is open by then stays open.
   */
  async start({ signal }: AbortOptions = {}): Promise<void> {
    const { bind, connect = [] } = this.#settings
    if (bind !== undefined) await this.startServer(bind, { signal })
    const endpoints = Array.isArray(connect) ? (connect as readonly Endpoint[]) : [connect as Endpoint]
    await Promise.all(endpoints.map((endpoint) => this.connectTo(endpoint, { signal })))
  }

  /**
   * Listens, and resolves with the bound address; port 0 finds a free port.
   *
   * @throws {PeerError} `ERR_ALREADY_LISTENING`, if it listens or is about to; `ERR_NODE_CLOSED`.
   * @throws The system's error, such as `EADDRINUSE`, or the signal's reason. The node can try again.
   */
  async startServer(bind: Endpoint | undefined = this.#settings.bind, options: ServerOptions = {}): Promise<Address> {
    this.#refuseIfClosed('listen')
    if (bind === undefined) throw new TypeError('Cannot listen: expected an endpoint, here or as the bind option')
    return this.#gateway.listen(bind, options)
  }

  /**
   * Dials, and resolves with the peer once `goodPeer` has accepted it.
   *
   * @throws {PeerError} `ERR_PEER_REFUSED`, `ERR_TIMEOUT` (with `phase` connect or handshake), `ERR_NODE_CLOSED`.
   * @throws The system's error, such as `ECONNREFUSED`, or the signal's reason.
   */
  async connectTo(endpoint: Endpoint, options: AbortOptions = {}): Promise<Peer> {
    this.#refuseIfClosed('connect')
    return this.#gateway.connect(endpoint, options)
  }

  /**
   * Makes a peer of any duplex, without asking `goodPeer`.
   *
   * @throws {TypeError} If `duplex` is no duplex.
   * @throws {PeerError} `ERR_NODE_CLOSED`.
   */
  attach(duplex: Duplex, { id = 'attached' }: { readonly id?: string | undefined } = {}): Peer {
    this.#refuseIfClosed('attach')
    if (typeof (duplex as Partial<Duplex> | undefined)?.write !== 'function' || typeof duplex.pipe !== 'function') {
      throw new TypeError(`Cannot attach: expected a Duplex, got ${nameOf(duplex)}`)
    }
    return this.#join(duplex, { id, address: undefined, direction: 'attached' })
  }

  /**
   * Frames a message and sends it to one peer, or to all when `to` is left out. `false`: wait for {@link drained}.
   *
   * @throws {FramingError} If the framing cannot carry the message. Nothing is sent, and the peer stays.
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, `ERR_NODE_CLOSED`.
   */
  send(message: Uint8Array, to?: Peer | string): boolean {
    if (this.encodeMsg !== BaseNode.prototype.encodeMsg) return this.sendRaw(this.encodeMsg(message), to)
    this.#refuseIfClosed('send')
    if (this.createEncoder !== BaseNode.prototype.createEncoder) {
      return to === undefined ? this.#group.broadcastEach(message) : this.#group.send(message, to)
    }
    if (to === undefined) return this.#group.broadcast(message)
    // Refused here and not by the encoder, whose errors end the connection.
    this.#encoder.measure(message)
    return this.#group.send(message, to)
  }

  /**
   * Sends a message in pieces, as far as the peer takes them, and resolves when the last is on its way. What is sent to
   * the peer meanwhile waits behind it. A source that fails, or whose pieces are not as many bytes as its `length`,
   * closes the peer: half a message is out.
   *
   * @throws {FramingError} If the framing cannot carry the message; {@link RangeError} if its length is not that of its
   * pieces; what its source throws.
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, `ERR_NODE_CLOSED`.
   */
  async sendLong(message: LongMessageSource, to: Peer | string): Promise<void> {
    this.#refuseIfClosed('send')
    if (!isLongMessageSource(message)) {
      throw new TypeError(
        `Cannot send long message: expected an iterable of bytes with a length, got ${nameOf(message)}`,
      )
    }
    await this.#group.sendLong(message, to)
  }

  /** Sends bytes that already are a frame. Otherwise as {@link send}; an encoder of your own must not work asynchronously. */
  sendRaw(frame: Uint8Array, to?: Peer | string): boolean {
    this.#refuseIfClosed('send')
    assertBytes(frame, 'send frame')
    return to === undefined ? this.#group.broadcastRaw(frame) : this.#group.sendRaw(frame, to)
  }

  /** Sends typed data, as the codec writes it. Otherwise as {@link send}. */
  sendMsg(type: MessageType, data: Data, to?: Peer | string): boolean {
    return this.send(this.#codec.serialise(type, data), to)
  }

  /**
   * Resolves when the peer, or every peer when `to` is left out, has room for more, and when that peer is gone.
   *
   * @throws {PeerError} `ERR_PEER_UNKNOWN`.
   */
  async drained(to?: Peer | string): Promise<void> {
    await this.#group.drained(to)
  }

  /**
   * All messages of all peers. Peers have turns, one message each. Leaving the loop loses no message and closes nobody;
   * the loop ends when the node is closed. To read a single message, keep the iterator and call its `next()`.
   *
   * @throws {PeerError} `ERR_READER_BUSY`, if another loop or handlers take the messages.
   */
  readRaw(options?: AbortOptions): MessageIterator<Received> {
    return this.#read(() => this.#inbox.take(), options)
  }

  /** The same, an array at a time: faster. Peers have turns, up to 128 messages each. */
  readRawBatches(options?: AbortOptions): MessageIterator<Received[]> {
    return this.#read(() => this.#inbox.takeBatch(), options)
  }

  /**
   * Adds a handler for messages of a type. From the first handler on, handlers take all messages.
   *
   * A handler that throws or rejects is reported by `error` and harms nobody.
   *
   * @throws {PeerError} `ERR_READER_BUSY`, if a loop takes the messages.
   */
  addHandler(type: MessageType, handler: Handler<Data>, options?: HandlerOptions): void {
    if (!(this.#reader instanceof Dispatcher)) {
      this.#refuseIfBusy()
      this.#reader = new Dispatcher(this.#inbox, this.#codec, (error, from) => this.#report(error, from))
      // Messages may wait already, perhaps so many that no other would come. The caller may add more handlers first.
      process.nextTick(() => this.#reader?.wake())
    }
    this.#reader.add(type, handler, options)
  }

  /** Sends what waits for a peer, then closes it. @throws {PeerError} `ERR_PEER_UNKNOWN`. */
  async closePeer(peer: Peer | string): Promise<void> {
    await this.#group.resolve(peer).close()
  }

  /** Stops listening and dialling, closes every peer, and ends the loops. Calling it again waits for the same. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Whether a candidate may become a peer. What it throws is a no. */
  protected goodPeer(candidate: PeerCandidate): boolean | Promise<boolean> {
    return this.#settings.goodPeer?.(candidate) ?? true
  }

  /** The frame of a message. Overridden, it frames everything that is sent. */
  protected encodeMsg(message: Uint8Array): Uint8Array {
    return this.#encoder.encode(message)
  }

  /** A Transform from messages to bytes, for one peer. */
  protected createEncoder(): Transform {
    return new LengthPrefixEncoder(this.#layout)
  }

  /** A Transform from bytes to messages or arrays of messages, for one peer. */
  protected createDecoder(): Transform {
    return new LengthPrefixDecoder(this.#layout)
  }

  #groupHost(): PeerGroupHost {
    return {
      createEncoder: () => this.createEncoder(),
      createDecoder: () => this.createDecoder(),
      onInbox: () => this.#reader?.wake(),
      onDisconnect: (peer, reason) => {
        const why = reason === undefined ? '' : `: ${reason.message}`
        this.#settings.logger?.[reason === undefined ? 'info' : 'warn']?.(`Peer ${peer.id} left${why}`)
        this.emit('disconnect', peer, reason)
      },
    }
  }

  #gatewayHost(): GatewayHost {
    return {
      goodPeer: (candidate) => this.goodPeer(candidate),
      join: ({ duplex, address }, direction) => this.#join(duplex, { id: formatAddress(address), address, direction }),
      onListening: (address) => {
        this.#settings.logger?.info?.(`Listening at ${formatAddress(address)}`)
        this.emit('listening', address)
      },
      onRefused: (address, error) => {
        this.#settings.logger?.warn?.(`Refused ${formatAddress(address)}: ${messageOf(error)}`)
      },
      onError: (error) => this.#report(error, undefined),
    }
  }

  #join(duplex: Duplex, identity: PeerIdentity): Peer {
    const peer = this.#group.add(duplex, identity)
    this.#settings.logger?.info?.(`Peer ${peer.id} joined (${peer.direction})`)
    this.emit('peer', peer)
    return peer
  }

  #read<T>(take: () => T | undefined, { signal }: AbortOptions = {}): MessageIterator<T> {
    signal?.throwIfAborted()
    this.#refuseIfBusy()
    const abort = (): void => reader.abort(signal?.reason)
    const release = (): void => {
      signal?.removeEventListener('abort', abort)
      if (this.#reader === reader) this.#reader = undefined
    }
    const takeOrRelease = (): T | undefined => {
      const item = take()
      if (item === undefined && this.#isClosed) release()
      return item
    }
    const reader = new MessageIterator<T>({ take: takeOrRelease, release })
    signal?.addEventListener('abort', abort, { once: true })
    this.#reader = reader
    if (this.#isClosed) reader.end()
    return reader
  }

  async #close(): Promise<void> {
    this.#ticker?.stop()
    await this.#gateway.close(new PeerError('ERR_NODE_CLOSED', 'Cannot go on: the node is closed'))
    await this.#group.close()
    this.#isClosed = true
    if (this.#reader instanceof MessageIterator) this.#reader.end()
    this.#settings.logger?.info?.('Closed')
    this.emit('close')
  }

  #report(cause: unknown, peer: Peer | undefined): void {
    // Whatever a handler threw becomes an Error, since that is what listeners expect.
    const error = cause instanceof Error ? cause : new Error(`Cannot handle message: ${nameOf(cause)}`, { cause })
    this.#settings.logger?.error?.(peer === undefined ? error.message : `Peer ${peer.id}: ${error.message}`)
    if (this.listenerCount('error') > 0) this.emit('error', error, peer)
  }

  #refuseIfClosed(action: string): void {
    if (this.#closed !== undefined) throw new PeerError('ERR_NODE_CLOSED', `Cannot ${action}: the node is closed`)
  }

  #refuseIfBusy(): void {
    if (this.#reader === undefined) return
    const who = this.#reader instanceof Dispatcher ? 'handlers take' : 'another loop takes'
    throw new PeerError('ERR_READER_BUSY', `Cannot read: ${who} the messages of this node`)
  }
}

function entriesOf<Data>(handlers: Handlers<Data> = []): Iterable<readonly [MessageType, Handler<Data>]> {
  return Symbol.iterator in handlers
    ? (handlers as Iterable<readonly [MessageType, Handler<Data>]>)
    : Object.entries(handlers)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : nameOf(error)
}
