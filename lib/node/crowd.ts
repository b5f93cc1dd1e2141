import type { Duplex } from 'node:stream'
import { assertBytes, checkOptions, nameOf } from '../arguments.js'
import { PeerError } from '../errors.js'
import type { LongMessageSource } from '../frame/long-message.js'
import { Congestion } from '../peer/congestion.js'
import { ConnectedPeer } from '../peer/connected-peer.js'
import type { Framing } from '../peer/framing.js'
import type { Inbox } from '../peer/inbox.js'
import type { LaneOwner } from '../peer/lane.js'
import { messageOut } from '../peer/message-channels.js'
import type { Observer } from '../peer/observer.js'
import type { Peer, PeerIdentity } from '../peer/peer.js'
import type { PeerOwner, PeerSettings } from '../peer/peer-owner.js'
import { StallWatch } from '../peer/stall-watch.js'
import type { Unit } from '../peer/unit.js'
import { Broadcast } from './broadcast.js'
import type { AttachOptions } from './node-options.js'

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

/** The peers of a node, by id: sends to one of them, or to all. */
export class Crowd implements PeerOwner {
  readonly settings: PeerSettings
  readonly inbox: Inbox
  readonly observer: Observer
  readonly congestion: Congestion
  readonly stalls: StallWatch
  readonly #peers = new Map<string, ConnectedPeer>()
  readonly #chooseFraming: () => Framing
  readonly #door: CrowdDoor
  #framing: Framing | undefined
  #broadcast: Broadcast | undefined
  // All of them, for broadcasts. Made anew when one has come or gone.
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
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers
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
    if (!isDuplex(duplex)) throw new TypeError(`Cannot attach: expected a Duplex, got ${nameOf(duplex)}`)
    if (ConnectedPeer.has(duplex)) throw new TypeError('Cannot attach: the duplex is a peer already')
    checkOptions(options, ['id', 'identity'])
    const { id, identity } = options
    for (const [name, value] of Object.entries({ id, identity })) {
      if (value === undefined || (typeof value === 'string' && value !== '')) continue
      throw new TypeError(`Cannot attach: expected an ${name} that is a string and not empty, got ${nameOf(value)}`)
    }
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

  /** Sends a message to a peer, or to all. */
  send(message: Uint8Array, to?: Peer | string): boolean {
    return to === undefined ? this.#sendToAll(message) : this.resolve(to).send(message)
  }

  /** Sends bytes that already are a frame to a peer, or to all. */
  sendRaw(frame: Uint8Array, to?: Peer | string): boolean {
    if (to !== undefined) return this.resolve(to).sendRaw(frame)
    assertBytes(frame, 'send frame')
    this.beforeSend()
    if (messageOut.hasSubscribers) this.observer.sent(this.#all, frame, frame.length)
    return this.#deliver({ pieces: [frame], length: frame.length, frames: 1 }, false)
  }

  /** Sends a message in pieces to a peer. */
  sendLong(source: LongMessageSource, to: Peer | string): Promise<void> {
    return this.resolve(to).sendLong(source)
  }

  /** Resolves with `true` once a peer, or every peer, has room; with `false` if it takes no messages any more. */
  async drained(to?: Peer | string): Promise<boolean> {
    this.beforeSend()
    const peer = to === undefined ? undefined : this.resolve(to)
    const isOpen = peer === undefined ? !this.#isClosed : peer.isOpen
    if (isOpen) return this.congestion.drained(peer)
    // A turn of the event loop later, so that a loop that goes on regardless does not keep everything else from running.
    await new Promise((resolve) => setImmediate(resolve))
    return false
  }

  /** Sends what waits, and closes all peers. */
  async close(timeoutMs: number): Promise<void> {
    await Promise.all(Array.from(this.#peers.values(), (peer) => peer.close(timeoutMs)))
    this.#isClosed = true
  }

  beforeSend(): void {
    this.#broadcast?.flush()
  }

  onClosing(peer: Peer & LaneOwner): void {
    // What one that has left has said may still wait for handlers.
    if (this.has(peer)) this.inbox.onClosing(peer)
    this.#door.closed(peer)
  }

  onGone(peer: Peer, reason: Error | undefined): void {
    this.#peers.delete(peer.id)
    this.#list = undefined
    this.observer.left(peer, reason)
    this.#door.left(peer, reason)
  }

  #sendToAll(message: Uint8Array): boolean {
    const { shared, encode } = this.framing
    if (encode !== undefined) return this.sendRaw(encode(message))
    if (shared === undefined) {
      assertBytes(message, 'encode message')
      this.#forEachOpen((peer) => peer.send(message))
    } else {
      this.#broadcast ??= new Broadcast(shared, (unit, isLast) => this.#deliver(unit, isLast))
      this.#broadcast.add(message)
      if (messageOut.hasSubscribers) this.observer.sent(this.#all, message, message.length)
    }
    return this.#hasRoom
  }

  #deliver(unit: Unit, isLast: boolean): boolean {
    this.#forEachOpen((peer) => peer.sendUnit(unit, isLast))
    return this.#hasRoom
  }

  get #hasRoom(): boolean {
    return !this.#isClosed && !this.congestion.isAny
  }

  get #all(): readonly ConnectedPeer[] {
    return (this.#list ??= Array.from(this.#peers.values()))
  }

  // Asked when its turn comes, and from a list that does not change: a peer that leaves while another one is sent to does
  // not upset the loop.
  #forEachOpen(send: (peer: ConnectedPeer) => void): void {
    for (const peer of this.#all) if (peer.isOpen) send(peer)
  }

  // Flat, since V8 keeps the parts of a template string alive beside the result.
  #nextId(name: string): string {
    let id: string
    do id = [name, ++this.#serial].join('#')
    while (this.#peers.has(id))
    return id
  }
}

// What a peer calls of it. Half a duplex, such as a Writable, has some of these.
const DUPLEX_METHODS = ['on', 'read', 'pause', 'resume', 'write', 'cork', 'uncork', 'end', 'destroy'] as const

function isDuplex(value: unknown): value is Duplex {
  const candidate = (value ?? {}) as Partial<Duplex>
  return DUPLEX_METHODS.every((method) => typeof candidate[method] === 'function')
}
