import type { Duplex, Transform } from 'node:stream'
import { finished } from 'readable-stream'
import { PeerError } from '../errors.js'
import type { Address } from './endpoint.js'

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

/** What a peer asks of the node it belongs to. */
export interface PeerOwner {
  readonly timeoutMs: number | undefined
  readonly closeTimeoutMs: number
  readonly outboundLimit: number
  createEncoder(): Transform
  createDecoder(): Transform
  onMessages(peer: Peer, batch: Buffer[]): void
  onCongestion(peer: Peer, congested: boolean): void
  onClosed(peer: Peer, reason: Error | undefined): void
}

/** An encoder that packs messages, and lets them out when asked. */
type FlushableTransform = Transform & { flush?(): void }

/**
 * One remote end: a duplex with a decoder behind it and an encoder in front of it.
 *
 *     duplex -- pipe --> decoder ------> the node's inbox
 *     send() ----------> encoder ------> duplex, corked until the end of the tick
 *
 * Both transforms come into being with the first message of their direction, since most peers of a large node are silent.
 */
export class Peer implements PeerIdentity {
  readonly id: string
  readonly address: Address | undefined
  readonly direction: Direction
  readonly #duplex: Duplex
  readonly #owner: PeerOwner
  #encoder: FlushableTransform | undefined
  #decoder: Transform | undefined
  // Whether the decoder has handed over all that it will.
  #decoded = false
  #reason: Error | undefined
  #corked = false
  #congested = false
  // We have said that we will send no more; the remote end has closeTimeoutMs to say the same.
  #closing = false
  #closed = false
  readonly #closeCallbacks: (() => void)[] = []
  #idleTimer: NodeJS.Timeout | undefined
  #closeTimer: NodeJS.Timeout | undefined

  /** @internal Nodes make peers. */
  constructor(duplex: Duplex, identity: PeerIdentity, owner: PeerOwner) {
    this.id = identity.id
    this.address = identity.address
    this.direction = identity.direction
    this.#duplex = duplex
    this.#owner = owner
    duplex.on('error', (error: Error) => this.fail(error))
    duplex.on('close', () => this.#onDuplexClosed())
    duplex.on('end', () => {
      if (this.#decoder === undefined) this.#startClosing()
    })
    duplex.once('data', (chunk: Buffer) => this.#onFirstChunk(chunk))
    // Transports hand over sockets that are paused, so that nothing is read before the peer is accepted.
    duplex.resume()
    this.#watchIdleness()
  }

  /** Whether it takes messages: not closed, and not about to be. */
  get isOpen(): boolean {
    return !this.#closing && !this.#duplex.destroyed
  }

  /**
   * Sends a message. `false` means that more than enough waits to be sent: wait for the node's `drained(peer)`.
   *
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, if the peer is closed or closing.
   */
  send(message: Uint8Array): boolean {
    this.#refuseIfClosing()
    const encoder = (this.#encoder ??= this.#openEncoder())
    this.#cork()
    if (!encoder.write(message)) this.#waitForDrain(encoder)
    return !this.#congested
  }

  /** Sends bytes that already are frames, behind all messages before them. Answers and throws what {@link send} does. */
  sendRaw(frames: Uint8Array): boolean {
    this.#refuseIfClosing()
    this.#cork()
    if (this.#encoder !== undefined) letOut(this.#encoder)
    this.#write(frames)
    return !this.#congested
  }

  /**
   * Sends what waits to be sent, then closes. What does not leave within the node's `closeTimeoutMs` is lost.
   * What arrives from now on is not read.
   */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    const closed = new Promise<void>((resolve) => this.#closeCallbacks.push(resolve))
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
    if (this.#duplex.destroyed) return
    // Its silence is our doing now.
    clearTimeout(this.#idleTimer)
    this.#decoder?.pause()
  }

  /** @internal Reads on. */
  resume(): void {
    if (this.#duplex.destroyed || this.#closing) return
    this.#decoder?.resume()
    this.#watchIdleness()
  }

  #onFirstChunk(chunk: Buffer): void {
    if (this.#closing) return
    try {
      this.#decoder = this.#openDecoder()
    } catch (error) {
      this.fail(error as Error)
      return
    }
    // The listener that pipe() has added does not get the chunk that is being emitted.
    this.#decoder.write(chunk)
  }

  #openDecoder(): Transform {
    const decoder = this.#owner.createDecoder()
    decoder.on('data', (item: Buffer | Buffer[]) => {
      this.#idleTimer?.refresh()
      this.#owner.onMessages(this, Array.isArray(item) ? item : [item])
    })
    finished(decoder, { writable: false }, (error) => this.#onDecoded(error ?? undefined))
    return this.#duplex.pipe(decoder)
  }

  #openEncoder(): Transform {
    const encoder = this.#owner.createEncoder()
    encoder.on('data', (bytes: Uint8Array) => this.#write(bytes))
    encoder.on('end', () => this.#duplex.end())
    encoder.on('error', (error: Error) => this.fail(error))
    return encoder
  }

  // The decoder is not held back here: all that waits to be sent waits in one place, where it is counted.
  #write(bytes: Uint8Array): void {
    const queued = this.#duplex.writableLength
    const limit = this.#owner.outboundLimit
    if (queued > limit) {
      const message = `Cannot send to ${this.id}: ${queued} bytes wait already, limit is ${limit}`
      this.fail(new PeerError('ERR_SLOW_CONSUMER', message, { peer: this.id, queued, limit }))
    } else if (!this.#duplex.write(bytes)) {
      this.#waitForDrain(this.#duplex)
    }
  }

  // All writes of a tick become one system call.
  #cork(): void {
    if (this.#corked) return
    this.#corked = true
    this.#duplex.cork()
    process.nextTick(uncork, this)
  }

  /** @internal The end of the tick. */
  uncork(): void {
    if (this.#encoder !== undefined) letOut(this.#encoder)
    this.#corked = false
    this.#duplex.uncork()
  }

  #waitForDrain(stream: Duplex): void {
    if (!this.#congested) this.#owner.onCongestion(this, true)
    else if (stream.listenerCount('drain') > 0) return
    this.#congested = true
    stream.once('drain', () => {
      const other = [this.#encoder, this.#duplex].find((candidate) => candidate?.writableNeedDrain === true)
      if (other !== undefined) {
        this.#waitForDrain(other)
        return
      }
      this.#congested = false
      this.#owner.onCongestion(this, false)
    })
  }

  #watchIdleness(): void {
    const { timeoutMs } = this.#owner
    if (timeoutMs === undefined) return
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      const message = `Cannot wait for ${this.id} any longer: no message within ${timeoutMs} ms`
      this.fail(new PeerError('ERR_TIMEOUT', message, { peer: this.id, phase: 'idle', limit: timeoutMs }))
    }, timeoutMs)
  }

  #refuseIfClosing(): void {
    if (this.isOpen) return
    throw new PeerError('ERR_PEER_UNKNOWN', `Cannot send to ${this.id}: it is closed`, { peer: this.id })
  }

  #startClosing(): void {
    if (this.#closing) return
    this.#closing = true
    clearTimeout(this.#idleTimer)
    const { closeTimeoutMs } = this.#owner
    this.#closeTimer = setTimeout(() => {
      const queued = this.#duplex.writableLength
      const message = `Cannot close ${this.id} cleanly: ${queued} bytes were not sent within ${closeTimeoutMs} ms`
      this.fail(new PeerError('ERR_TIMEOUT', message, { peer: this.id, phase: 'send', queued, limit: closeTimeoutMs }))
    }, closeTimeoutMs)
    if (this.#encoder === undefined) this.#duplex.end()
    else this.#encoder.end()
  }

  // What comes from now on is thrown away, so that the end of it can be seen; what has come is handed over.
  #stopReading(): void {
    if (this.#decoder !== undefined && !this.#closing) {
      this.#duplex.unpipe(this.#decoder)
      this.#decoder.end()
      this.#decoder.resume()
    }
    this.#duplex.resume()
  }

  #onDecoded(error: Error | undefined): void {
    this.#decoded = true
    // We may have cut off a frame ourselves by closing.
    if (error !== undefined && !this.#closing) this.#reason ??= error
    if (this.#duplex.closed) this.#report()
    else if (error === undefined) this.#startClosing()
    else this.#duplex.destroy()
  }

  #onDuplexClosed(): void {
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#closeTimer)
    if (this.#decoder === undefined || this.#decoded) {
      this.#report()
    } else {
      // What arrived before the end is handed over, however much waits already: it is in memory anyway.
      this.#decoder.end()
      this.#decoder.resume()
    }
  }

  #report(): void {
    this.#closed = true
    this.#owner.onClosed(this, this.#reason)
    for (const callback of this.#closeCallbacks.splice(0)) callback()
  }
}

// One function for all peers: a closure for each would cost every silent one.
function uncork(peer: Peer): void {
  peer.uncork()
}

// Reading emits 'data', and so writes what an encoder holds that is not flowing yet.
function letOut(encoder: FlushableTransform): void {
  encoder.flush?.()
  while (encoder.readableLength > 0 && encoder.read() !== null);
}
