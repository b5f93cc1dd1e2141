import type { Duplex, Transform } from 'node:stream'
import { PeerError } from '../errors.js'
import { nameOf } from '../arguments.js'
import type { FrameEncoder } from '../frame/frame-encoder.js'
import type { LongMessageSource } from '../frame/long-message.js'
import { Broadcast } from './broadcast.js'
import type { Inbox } from './inbox.js'
import { type Message, Peer, type PeerIdentity, type PeerOwner } from './peer.js'

/** What a group asks of its node. */
export interface PeerGroupHost {
  createEncoder(): Transform
  createDecoder(): Transform
  /** The inbox has messages. */
  onInbox(): void
  onDisconnect(peer: Peer, reason: Error | undefined): void
}

/** Limits and times that hold for every peer. */
export interface PeerLimits {
  readonly timeoutMs?: number | undefined
  readonly closeTimeoutMs: number
  readonly outboundLimit: number
}

interface DrainWaiter {
  readonly peer: Peer | undefined
  readonly resolve: () => void
}

/** The peers of a node: sends to one or to all of them, and puts what they say into one inbox. */
export class PeerGroup implements PeerOwner {
  readonly timeoutMs: number | undefined
  readonly closeTimeoutMs: number
  readonly outboundLimit: number
  readonly #host: PeerGroupHost
  readonly #inbox: Inbox
  readonly #broadcast: Broadcast
  readonly #peers = new Map<string, Peer>()
  // All of them, for broadcasts. Made anew when somebody has come or gone.
  #list: readonly Peer[] | undefined
  // Peers to which more than enough waits to be sent.
  readonly #congested = new Set<Peer>()
  #drainWaiters: DrainWaiter[] = []

  constructor(host: PeerGroupHost, inbox: Inbox, encoder: FrameEncoder, limits: PeerLimits) {
    this.timeoutMs = limits.timeoutMs
    this.closeTimeoutMs = limits.closeTimeoutMs
    this.outboundLimit = limits.outboundLimit
    this.#host = host
    this.#inbox = inbox
    this.#broadcast = new Broadcast(encoder, (bytes, isLast) => {
      this.#forEachOpen((peer) => peer.deliver(bytes, isLast))
    })
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers
  }

  /** Makes a peer of a duplex. An id that is taken gets a number behind it. */
  add(duplex: Duplex, identity: PeerIdentity): Peer {
    // Those who were peers when a broadcast was sent get it, and nobody else.
    this.#broadcast.flush()
    let id = identity.id
    for (let i = 2; this.#peers.has(id); i++) id = `${identity.id}#${i}`
    const peer = new Peer(duplex, { ...identity, id }, this)
    this.#peers.set(id, peer)
    this.#list = undefined
    return peer
  }

  /** @throws {PeerError} `ERR_PEER_UNKNOWN`, if there is no such peer. */
  resolve(to: Peer | string): Peer {
    const peer = this.#peers.get(typeof to === 'string' ? to : to.id)
    if (peer !== undefined && (typeof to === 'string' || to === peer)) return peer
    const id = typeof to === 'string' ? to : to.id
    throw new PeerError('ERR_PEER_UNKNOWN', `Cannot find peer ${nameOf(id)}: it is not connected`, { peer: id })
  }

  send(message: Uint8Array, to: Peer | string): boolean {
    this.#broadcast.flush()
    return this.resolve(to).send(message)
  }

  sendLong(message: LongMessageSource, to: Peer | string): Promise<void> {
    this.#broadcast.flush()
    return this.resolve(to).sendLong(message)
  }

  sendRaw(frames: Uint8Array, to: Peer | string): boolean {
    this.#broadcast.flush()
    return this.resolve(to).sendRaw(frames)
  }

  /** Sends a message to all peers, framed once. */
  broadcast(message: Uint8Array): boolean {
    this.#broadcast.add(message)
    return this.#congested.size === 0
  }

  /** Sends bytes that already are frames to all peers. */
  broadcastRaw(frames: Uint8Array): boolean {
    this.#broadcast.addRaw(frames)
    return this.#congested.size === 0
  }

  /** Sends a message to all peers, framed by each one's encoder. */
  broadcastEach(message: Uint8Array): boolean {
    this.#broadcast.flush()
    this.#forEachOpen((peer) => peer.send(message))
    return this.#congested.size === 0
  }

  /** Resolves when no more than enough waits to be sent to a peer, or to any; also when that peer is gone. */
  drained(to?: Peer | string): Promise<void> {
    this.#broadcast.flush()
    const peer = to === undefined ? undefined : this.resolve(to)
    return new Promise((resolve) => {
      this.#drainWaiters.push({ peer, resolve })
      this.#resolveDrained()
    })
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#peers.values(), (peer) => peer.close()))
  }

  createEncoder(): Transform {
    return this.#host.createEncoder()
  }

  createDecoder(): Transform {
    return this.#host.createDecoder()
  }

  onMessages(peer: Peer, batch: Message[]): void {
    this.#inbox.add(peer, batch)
    this.#host.onInbox()
  }

  onClosing(): void {
    this.#broadcast.flush()
  }

  onCongestion(peer: Peer, congested: boolean): void {
    if (congested) this.#congested.add(peer)
    else this.#congested.delete(peer)
    this.#resolveDrained()
  }

  onClosed(peer: Peer, reason: Error | undefined): void {
    this.#peers.delete(peer.id)
    this.#list = undefined
    this.onCongestion(peer, false)
    this.#host.onDisconnect(peer, reason)
  }

  // Calls back for those that still take messages. Asked when its turn comes, and from a list that does not change: whoever
  // leaves while another one is sent to does not upset the loop.
  #forEachOpen(send: (peer: Peer) => void): void {
    this.#list ??= Array.from(this.#peers.values())
    for (const peer of this.#list) if (peer.isOpen) send(peer)
  }

  #resolveDrained(): void {
    if (this.#drainWaiters.length === 0) return
    this.#drainWaiters = this.#drainWaiters.filter(({ peer, resolve }) => {
      const waits = peer === undefined ? this.#congested.size > 0 : this.#congested.has(peer)
      if (!waits) resolve()
      return waits
    })
  }
}
