import { assertBytes } from '../arguments.js'
import { ConnectedPeer } from '../peer/connected-peer.js'
import { messageOut } from '../peer/message-channels.js'
import type { Peer } from '../peer/peer.js'
import type { PeerOwner } from '../peer/peer-owner.js'
import type { Unit } from '../peer/unit.js'
import { Broadcast } from './broadcast.js'
import { isOne, type Recipients } from './recipients.js'

/** What a {@link Post} asks of the peers that it serves. */
interface Addressees extends PeerOwner {
  readonly all: readonly ConnectedPeer[]
  /** Whether all have left, and no others will come. */
  readonly isClosed: boolean
  /** @throws {PeerError} `ERR_PEER_UNKNOWN`, if there is no such peer. */
  resolve(to: Peer | string): ConnectedPeer
}

/** Takes what is sent to a peer, to some, or to all: what goes to several is encoded once, and they share the bytes. */
export class Post {
  readonly #peers: Addressees
  // What was sent to all in this tick.
  #broadcast: Broadcast | undefined

  constructor(peers: Addressees) {
    this.#peers = peers
  }

  /** Sends a message to a peer, to some, or to all. */
  send(message: Uint8Array, to?: Recipients): boolean {
    // The way of most messages, and the shortest: a tenth of the time of sending to one (benchmarks/one-way.ts, table "sending").
    if (to instanceof ConnectedPeer && to.owner === this.#peers) return to.send(message)
    if (to === undefined) return this.#sendToAll(message)
    return isOne(to) ? this.#peers.resolve(to).send(message) : this.#sendToSome(message, this.#resolveAll(to))
  }

  /** Sends bytes that already are a frame to a peer, to some, or to all. */
  sendRaw(frame: Uint8Array, to?: Recipients): boolean {
    if (to !== undefined) {
      return isOne(to)
        ? this.#peers.resolve(to).sendRaw(frame)
        : this.#deliverToSome(frame, frame, this.#resolveAll(to))
    }
    assertBytes(frame, 'send frame')
    this.flush()
    if (messageOut.hasSubscribers) this.#peers.observer.sent(this.#peers.all, frame, frame.length)
    return this.#deliver({ pieces: [frame], length: frame.length, frames: 1 }, false)
  }

  /** Resolves with `true` once a peer, or every one, has room; with `false` if it, or one of some, takes no messages any more. */
  async drained(to?: Recipients): Promise<boolean> {
    this.flush()
    if (to !== undefined && !isOne(to)) {
      const some = await Promise.all(this.#resolveAll(to).map((peer) => this.drained(peer)))
      return some.every((hasRoom) => hasRoom)
    }
    const peer = to === undefined ? undefined : this.#peers.resolve(to)
    const isOpen = peer === undefined ? !this.#peers.isClosed : peer.isOpen
    if (isOpen) return this.#peers.congestion.drained(peer)
    // A turn of the event loop later, so that a loop that goes on regardless does not keep everything else from running.
    await new Promise((resolve) => setImmediate(resolve))
    return false
  }

  /** Lets out what was sent to all before. */
  flush(): void {
    this.#broadcast?.flush()
  }

  #sendToAll(message: Uint8Array): boolean {
    assertBytes(message, 'encode message')
    this.#peers.refuseHeartbeat(message)
    const { shared, encode } = this.#peers.framing
    if (encode !== undefined) return this.sendRaw(encode(message))
    if (shared === undefined) {
      this.#forEachOpen((peer) => peer.send(message))
    } else {
      this.#broadcast ??= new Broadcast(shared, (unit, isLast) => this.#deliver(unit, isLast))
      this.#broadcast.add(message)
      if (messageOut.hasSubscribers) this.#peers.observer.sent(this.#peers.all, message, message.length)
    }
    return this.#hasRoom
  }

  #resolveAll(to: Exclude<Recipients, Peer | string>): readonly ConnectedPeer[] {
    if (Symbol.iterator in to) return Array.from(new Set(Array.from(to, (peer) => this.#peers.resolve(peer))))
    const except = this.#peers.resolve(to.except)
    return this.#peers.all.filter((peer) => peer.isOpen && peer !== except)
  }

  #sendToSome(message: Uint8Array, peers: readonly ConnectedPeer[]): boolean {
    assertBytes(message, 'encode message')
    this.#peers.refuseHeartbeat(message)
    const { shared, encode } = this.#peers.framing
    const frame = encode?.(message) ?? shared?.encode(message)
    if (frame !== undefined) return this.#deliverToSome(frame, message, peers)
    return peers.map((peer) => peer.send(message)).every((hasRoom) => hasRoom)
  }

  #deliverToSome(frame: Uint8Array, told: Uint8Array, peers: readonly ConnectedPeer[]): boolean {
    assertBytes(frame, 'send frame')
    this.flush()
    if (messageOut.hasSubscribers) this.#peers.observer.sent(peers, told, told.length)
    const unit = { pieces: [frame], length: frame.length, frames: 1 }
    return peers.map((peer) => peer.sendUnit(unit, false)).every((hasRoom) => hasRoom)
  }

  #deliver(unit: Unit, isLast: boolean): boolean {
    this.#forEachOpen((peer) => peer.sendUnit(unit, isLast))
    return this.#hasRoom
  }

  get #hasRoom(): boolean {
    return !this.#peers.isClosed && !this.#peers.congestion.isAny
  }

  // Asked when its turn comes, and from a list that does not change: a peer that leaves while another one is sent to does
  // not upset the loop.
  #forEachOpen(send: (peer: ConnectedPeer) => void): void {
    for (const peer of this.#peers.all) if (peer.isOpen) send(peer)
  }
}
