import type { Duplex, Transform } from 'node:stream'
import { PeerError } from '../errors.js'
import type { LongMessageSource } from '../frame/long-message.js'
import { LongMessage } from '../streams/long-message-stream.js'
import type { Address } from './endpoint.js'
import type { Lane } from './inbox.js'
import { Outlet } from './outlet.js'
import { SharedListeners } from './shared-listeners.js'
import { Taker } from './taker.js'

/** Who opened the connection: the remote end, this node, or the caller of `attach`. */
export type Direction = 'inbound' | 'outbound' | 'attached'

/** What tells one peer from another. */
export interface PeerIdentity {
  /** Unique among the peers of its node. */
  readonly id: string
  /** Where the remote end is; `undefined` for an attached duplex. */
  readonly address: Address | undefined
  readonly direction: Direction
}

/** What comes out of a decoder. */
export type Message = Buffer | LongMessage

/** What a peer asks of the node it belongs to. */
export interface PeerOwner {
  readonly timeoutMs: number | undefined
  readonly closeTimeoutMs: number
  readonly outboundLimit: number
  createEncoder(): Transform
  createDecoder(): Transform
  onMessages(peer: Peer, batch: Message[]): void
  /** It is about to take no more messages. */
  onClosing(): void
  onCongestion(peer: Peer, congested: boolean): void
  onClosed(peer: Peer, reason: Error | undefined): void
}

/**
 * One remote end: a duplex with a decoder behind it and an encoder in front of it.
 *
 *     duplex ----------> decoder ------> the node's inbox
 *     send() ----------> encoder ------> duplex, corked until the end of the tick
 *
 * Both transforms come into being with the first message of their direction, since most peers of a large node are silent.
 */
export class Peer implements PeerIdentity {
  static readonly #duplexListeners = new SharedListeners<Peer>({
    error: (peer, error: Error) => peer.fail(error),
    close: (peer) => peer.#onDuplexClosed(),
    end: (peer) => peer.#onDuplexEnded(),
  })

  static readonly #chunkListener = new SharedListeners<Peer>({ data: (peer, chunk: Buffer) => peer.#onChunk(chunk) })

  static readonly #decoderListeners = new SharedListeners<Peer>({
    data: (peer, item: Message | Message[]) => peer.#onMessages(Array.isArray(item) ? item : [item]),
    end: (peer) => peer.#onDecoded(undefined),
    error: (peer, error: Error) => peer.#onDecoded(error),
    // Somebody may have destroyed it, with neither.
    close: (peer) => peer.#onDecoded(peer.#decoded ? undefined : new Error('Cannot read on: decoder was destroyed')),
  })

  readonly id: string
  readonly address: Address | undefined
  readonly direction: Direction
  /** @internal What of it waits in the inbox. */
  lane: Lane | undefined
  readonly #duplex: Duplex
  readonly #owner: PeerOwner
  #outlet: Outlet | undefined
  #decoder: Transform | undefined
  #taker: Taker | undefined
  // Whether the decoder has handed over all that it will.
  #decoded = false
  #reason: Error | undefined
  // We have said that we will send no more.
  #ended = false
  // We close; the remote end has closeTimeoutMs to do so too.
  #closing = false
  #closed = false
  // The long message received last, and how much of it was there when we last looked.
  #long: LongMessage | undefined
  #longReceived = 0
  #closeCallbacks: (() => void)[] | undefined
  #idleTimer: NodeJS.Timeout | undefined
  #closeTimer: NodeJS.Timeout | undefined

  /** @internal Nodes make peers. */
  constructor(duplex: Duplex, identity: PeerIdentity, owner: PeerOwner) {
    this.id = identity.id
    this.address = identity.address
    this.direction = identity.direction
    this.#duplex = duplex
    this.#owner = owner
    Peer.#duplexListeners.addTo(duplex, this)
    this.#watchIdleness()
    if (duplex.closed || duplex.readableEnded) {
      // That was before, perhaps while goodPeer thought, and will not be said again.
      process.nextTick(() => this.#catchUp())
    } else {
      Peer.#chunkListener.addTo(duplex, this)
      // Transports hand over sockets that are paused, so that nothing is read before the peer is accepted.
      duplex.resume()
    }
  }

  /** Whether it takes messages: not closed, and not about to be. */
  get isOpen(): boolean {
    return !this.#ended && !this.#duplex.destroyed
  }

  /**
   * Sends a message. `false` means that more than enough waits to be sent: wait for the node's `drained(peer)`.
   *
   * @internal The node's `send` keeps the order with what goes to all, and refuses what cannot be framed.
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, if the peer is closed or closing.
   */
  send(message: Uint8Array): boolean {
    this.#refuseIfClosing()
    return this.#takesMore() && this.#open().send(message)
  }

  /**
   * Sends bytes that already are frames, behind all messages before them. Answers and throws what {@link send} does.
   *
   * @internal
   */
  sendRaw(frames: Uint8Array): boolean {
    this.#refuseIfClosing()
    return this.deliver(frames, false)
  }

  /**
   * The same for whoever has asked whether it is open.
   *
   * @internal
   * @param isLast Whether nothing is to be sent behind them in this tick.
   */
  deliver(frames: Uint8Array, isLast: boolean): boolean {
    return this.#takesMore() && this.#open().sendRaw(frames, isLast)
  }

  /**
   * Sends a message in pieces, as far as the remote end takes them. What is sent meanwhile waits behind it.
   *
   * Resolves when the last piece is on its way. A source that fails, or whose pieces are not as many bytes as it said,
   * closes the peer: half a message is out.
   *
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, if the peer is closed, or closes before the end.
   * @throws What the source or the framing throws.
   */
  async sendLong(message: LongMessageSource): Promise<void> {
    this.#refuseIfClosing()
    await this.#open().sendLong(message)
  }

  /** Says that nothing more will be sent, behind what waits to be sent. What the remote end still says is read. */
  end(): void {
    if (this.#ended) return
    this.#owner.onClosing()
    this.#ended = true
    if (this.#outlet === undefined) this.#duplex.end()
    else this.#outlet.end()
  }

  /**
   * Sends what waits to be sent, then closes. What does not leave within the node's `closeTimeoutMs` is lost.
   * What arrives from now on is not read.
   */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    const closed = new Promise<void>((resolve) => (this.#closeCallbacks ??= []).push(resolve))
    this.#stopReading()
    this.#startClosing()
    return closed
  }

  /** @internal Closes at once, because of an error. */
  fail(error: Error): void {
    const doneAnyway = this.#closing && this.#duplex.writableFinished
    if (!doneAnyway) this.#reason ??= error
    this.#duplex.destroy()
  }

  /** @internal Stops reading: too much waits to be read. */
  pause(): void {
    if (this.#closing || this.#duplex.destroyed) return
    // Its silence is our doing now.
    clearTimeout(this.#idleTimer)
    this.#taker?.pause()
  }

  /** @internal Reads on. */
  resume(): void {
    if (this.#closing || this.#duplex.destroyed) return
    this.#taker?.resume()
    this.#watchIdleness()
  }

  // What pipe() does, without the dozen closures that it makes: most peers of a large node are silent.
  #onChunk(chunk: Buffer): void {
    if (this.#closing) return
    try {
      this.#decoder ??= this.#openDecoder()
    } catch (error) {
      this.fail(error as Error)
      return
    }
    if (this.#decoder.write(chunk)) return
    this.#duplex.pause()
    this.#decoder.once('drain', () => this.#duplex.resume())
  }

  #openDecoder(): Transform {
    const decoder = this.#owner.createDecoder()
    Peer.#decoderListeners.addTo(decoder, this)
    this.#taker = new Taker(decoder, (batch) => this.#onMessages(batch))
    return decoder
  }

  #onMessages(batch: Message[]): void {
    if (batch.length === 0) return
    this.#idleTimer?.refresh()
    const last = batch.at(-1)
    if (last instanceof LongMessage) this.#long = last
    this.#owner.onMessages(this, batch)
  }

  #onDuplexEnded(): void {
    if (this.#decoder === undefined) this.#startClosing()
    else this.#decoder.end()
  }

  #open(): Outlet {
    this.#outlet ??= new Outlet(this.#duplex, {
      createEncoder: () => this.#owner.createEncoder(),
      onCongestion: (congested) => this.#owner.onCongestion(this, congested),
      onError: (error) => this.fail(error),
    })
    return this.#outlet
  }

  // Asked before each message, since one that was let in must not be cut; only who was told to wait can be too fast.
  #takesMore(): boolean {
    if (this.#outlet?.isCongested !== true) return true
    const queued = this.#duplex.writableLength
    const limit = this.#owner.outboundLimit
    if (queued <= limit) return true
    const message = `Cannot send to ${this.id}: ${queued} bytes wait already, limit is ${limit}`
    this.fail(new PeerError('ERR_SLOW_CONSUMER', message, { peer: this.id, queued, limit }))
    return false
  }

  #watchIdleness(): void {
    const { timeoutMs } = this.#owner
    if (timeoutMs === undefined) return
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      // We do not read, or a long message is coming: it says something.
      const received = this.#long?.receivedLength ?? 0
      if (this.#duplex.isPaused() || received > this.#longReceived) {
        this.#longReceived = received
        this.#watchIdleness()
        return
      }
      const message = `Cannot wait for ${this.id} any longer: no message within ${timeoutMs} ms`
      this.fail(new PeerError('ERR_TIMEOUT', message, { peer: this.id, phase: 'idle', limit: timeoutMs }))
    }, timeoutMs)
  }

  #refuseIfClosing(): void {
    if (!this.isOpen) throw this.#closedError()
  }

  #closedError(): PeerError {
    return new PeerError('ERR_PEER_UNKNOWN', `Cannot send to ${this.id}: it is closed`, { peer: this.id })
  }

  #startClosing(): void {
    if (this.#closing) return
    this.end()
    this.#closing = true
    clearTimeout(this.#idleTimer)
    const { closeTimeoutMs } = this.#owner
    this.#closeTimer = setTimeout(() => {
      const queued = this.#duplex.writableLength
      const message = `Cannot close ${this.id} cleanly: ${queued} bytes were not sent within ${closeTimeoutMs} ms`
      this.fail(new PeerError('ERR_TIMEOUT', message, { peer: this.id, phase: 'close', queued, limit: closeTimeoutMs }))
      // One of somebody's own may never end.
      this.#decoder?.destroy()
    }, closeTimeoutMs)
  }

  // What comes from now on is thrown away, so that the end of it can be seen; what has come is handed over.
  #stopReading(): void {
    if (this.#decoder !== undefined && !this.#closing) {
      this.#decoder.end()
      this.#taker?.resume()
    }
    this.#duplex.resume()
  }

  #onDecoded(error: Error | undefined): void {
    if (this.#decoded) return
    this.#decoded = true
    // We may have cut off a frame ourselves by closing.
    if (error !== undefined && !this.#closing) this.#reason ??= error
    if (this.#duplex.closed) this.#report()
    else if (error === undefined) this.#startClosing()
    else this.#duplex.destroy()
  }

  #catchUp(): void {
    const { closed, errored } = this.#duplex
    if (errored) this.fail(errored)
    if (closed) this.#onDuplexClosed()
    else this.#startClosing()
  }

  #onDuplexClosed(): void {
    clearTimeout(this.#idleTimer)
    this.#outlet?.destroy(this.#reason ?? this.#closedError())
    if (!this.#closing) this.#readRest()
    if (this.#decoder === undefined || this.#decoded) {
      this.#report()
    } else {
      // What arrived before the end is handed over, however much waits already: it is in memory anyway.
      this.#decoder.end()
      this.#taker?.resume()
    }
  }

  // A connection that breaks while we do not read leaves whole messages behind.
  #readRest(): void {
    for (let chunk = this.#nextOfRest(); chunk !== null; chunk = this.#nextOfRest()) {
      this.#decoder ??= this.#openDecoder()
      this.#decoder.write(chunk)
    }
  }

  #nextOfRest(): Buffer | null {
    return this.#duplex.read() as Buffer | null
  }

  #report(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#closeTimer)
    for (const callback of this.#closeCallbacks ?? []) callback()
    this.#owner.onClosed(this, this.#reason)
  }
}
