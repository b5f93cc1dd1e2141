import type { Duplex } from 'node:stream'
import { nameOf } from '../arguments.js'
import { PeerError } from '../errors.js'
import { Congestion } from '../peer/congestion.js'
import { ConnectedPeer } from '../peer/connected-peer.js'
import { FrameWatch } from '../peer/frame-watch.js'
import type { Framing } from '../peer/framing.js'
import { Heartbeat } from '../peer/heartbeat.js'
import type { Inbox } from '../peer/inbox.js'
import type { LaneOwner } from '../peer/lane.js'
import { MemoryGuard } from '../peer/memory-guard.js'
import type { Observer } from '../peer/observer.js'
import type { Peer, PeerIdentity } from '../peer/peer.js'
import type { PeerOwner, PeerSettings } from '../peer/peer-owner.js'
import { StallWatch } from '../peer/stall-watch.js'
import { checkAttachable } from './attachable.js'
import type { AttachOptions } from './node-options.js'
import { Post } from './post.js'

/** A connection that becomes a peer: all that identifies it but the number in its id. */
export interface Newcomer extends Omit<PeerIdentity, 'id'> {
  /** Where it is, in words: a number behind it makes an id. */
  readonly name: string
  /** An id that was asked for, and is taken as it is. */
  readonly id?: string | undefined
}

/** What the peers of a node are to its door. */
export interface CrowdDoor {
  /** A peer is closed by us, or was after it had left. */
  closed(peer: Peer): void
  /** A peer has left. */
  left(peer: Peer, reason: Error | undefined): void
}

/** The peers of a node, by id, and what they share. */
export class Crowd implements PeerOwner {
  readonly settings: PeerSettings
  readonly inbox: Inbox
  readonly observer: Observer
  readonly congestion: Congestion
  readonly stalls: StallWatch
  readonly frames: FrameWatch
  readonly memory: MemoryGuard | undefined
  /** Takes what is sent to any of them. */
  readonly post: Post = new Post(this)
  readonly #heartbeat: Heartbeat | undefined
  readonly #peers = new Map<string, ConnectedPeer>()
  readonly #chooseFraming: () => Framing
  readonly #door: CrowdDoor
  #framing: Framing | undefined
  // Made anew when one has come or gone.
  #list: readonly ConnectedPeer[] | undefined
  // Number of the peer that came last.
  #serial = 0
  #isClosed = false

  /** @param chooseFraming Called once, before the first message: a subclass has its methods by then. */
  constructor(settings: PeerSettings, chooseFraming: () => Framing, inbox: Inbox, observer: Observer, door: CrowdDoor) {
    this.settings = settings
    this.inbox = inbox
    this.observer = observer
    this.congestion = new Congestion(observer)
    this.#chooseFraming = chooseFraming
    this.#door = door
    this.stalls = new StallWatch(settings.sendTimeoutMs)
    this.frames = new FrameWatch(settings.frameTimeoutMs)
    const { memoryLimit, heartbeatMs } = settings
    const peers = (): Iterable<ConnectedPeer> => this.#peers.values()
    if (memoryLimit !== undefined) this.memory = new MemoryGuard(memoryLimit, peers)
    if (heartbeatMs !== undefined) this.#heartbeat = new Heartbeat(heartbeatMs, peers)
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers
  }

  /** All of them, in a list that does not change. */
  get all(): readonly ConnectedPeer[] {
    return (this.#list ??= Array.from(this.#peers.values()))
  }

  /** Whether all have left, and no others will come. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether a peer has not left. */
  has(peer: Peer): boolean {
    return this.#peers.get(peer.id) === peer
  }

  get framing(): Framing {
    return (this.#framing ??= this.#chooseFraming())
  }

  /**
   * Makes a peer of a duplex.
   *
   * @throws {RangeError} If a peer has the id that was asked for.
   */
  add(duplex: Duplex, newcomer: Newcomer): ConnectedPeer {
    if (newcomer.id !== undefined && this.#peers.has(newcomer.id)) {
      throw new RangeError(`Cannot add peer: ${nameOf(newcomer.id)} is the id of a peer already`)
    }
    // Those who were peers when a broadcast was sent get it, and no others.
    this.beforeSend()
    const peer = new ConnectedPeer(duplex, { ...newcomer, id: newcomer.id ?? this.#nextId(newcomer.name) }, this)
    this.#peers.set(peer.id, peer)
    this.#list = undefined
    this.observer.joined(peer)
    return peer
  }

  /**
   * Makes a peer of any duplex.
   *
   * @throws {TypeError} If it is no duplex, or is a peer already, or `id` is no id.
   * @throws {RangeError} If a peer has the id.
   */
  attach(duplex: Duplex, options: AttachOptions): ConnectedPeer {
    checkAttachable(duplex, options)
    if (ConnectedPeer.has(duplex)) throw new TypeError('Cannot attach: the duplex is a peer already')
    const { id, identity } = options
    const identification = { identity, address: undefined, endpoint: undefined, direction: 'attached' } as const
    return this.add(duplex, { ...identification, id, name: 'attached' })
  }

  /**
   * The peer that `to` names. One that has left is found as long as it is named by itself.
   *
   * @throws {PeerError} `ERR_PEER_UNKNOWN`, if there is no such peer.
   */
  resolve(to: Peer | string): ConnectedPeer {
    const peer = typeof to === 'string' ? this.#peers.get(to) : to
    if (peer instanceof ConnectedPeer && peer.owner === this) return peer
    const id: unknown = typeof to === 'object' && (to as unknown) !== null ? to.id : to
    if (typeof id !== 'string') throw new TypeError(`Cannot find peer: expected a Peer or its id, got ${nameOf(to)}`)
    throw new PeerError('ERR_PEER_UNKNOWN', `Cannot find peer ${nameOf(id)}: it is not connected`, { peer: id })
  }

  /** Sends what waits, and closes all peers. */
  async close(timeoutMs: number): Promise<void> {
    await Promise.all(Array.from(this.#peers.values(), (peer) => peer.close(timeoutMs)))
    this.#heartbeat?.stop()
    this.#isClosed = true
  }

  beforeSend(): void {
    this.post.flush()
  }

  refuseHeartbeat({ length }: { readonly length: number }): void {
    if (length > 0 || this.settings.heartbeatMs === undefined) return
    throw new TypeError('Cannot send empty message: with heartbeatMs, those are heartbeats')
  }

  onClosing(peer: Peer & LaneOwner): void {
    // What one that has left has said may still wait for handlers.
    if (this.has(peer)) this.inbox.onClosing(peer)
    this.#door.closed(peer)
  }

  onGone(peer: ConnectedPeer, reason: Error | undefined): void {
    this.#peers.delete(peer.id)
    this.#list = undefined
    this.inbox.onGone(peer, reason)
    this.observer.left(peer, reason)
    this.#door.left(peer, reason)
  }

  // Flat, since V8 keeps the parts of a template string alive beside the result.
  #nextId(name: string): string {
    let id: string
    do id = [name, ++this.#serial].join('#')
    while (this.#peers.has(id))
    return id
  }
}
