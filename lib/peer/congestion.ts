import type { Observer } from './observer.js'
import type { Peer } from './peer.js'

/** Waits until a peer, or all peers, have room. */
interface Waiter {
  readonly peer: Peer | undefined
  readonly resolve: (hasRoom: boolean) => void
}

/** For which peers enough waits to be sent, and who is told when it has left. */
export class Congestion {
  readonly #congested = new Set<Peer>()
  // Congested ones that have taken no byte for a while: what goes to all does not wait for them.
  readonly #stalled = new Set<Peer>()
  readonly #observer: Pick<Observer, 'congested'>
  #waiters: Waiter[] = []

  constructor(observer: Pick<Observer, 'congested'>) {
    this.#observer = observer
  }

  /** Whether enough waits for any peer that takes what it is sent. */
  get isAny(): boolean {
    return this.#congested.size > this.#stalled.size
  }

  /** Enough waits for a peer. */
  enter(peer: Peer): void {
    this.#congested.add(peer)
    this.#observer.congested(peer, true)
  }

  /** A peer has room again. */
  leave(peer: Peer): void {
    if (!this.#congested.delete(peer)) return
    this.#stalled.delete(peer)
    this.#observer.congested(peer, false)
    this.#settle(peer, true)
  }

  /** A peer takes nothing. */
  stall(peer: Peer): void {
    if (!this.#congested.has(peer) || this.#stalled.has(peer)) return
    this.#stalled.add(peer)
    this.#settleAll()
  }

  /** A peer takes bytes again. */
  unstall(peer: Peer): void {
    this.#stalled.delete(peer)
  }

  /** A peer is gone. */
  forget(peer: Peer): void {
    this.#congested.delete(peer)
    this.#stalled.delete(peer)
    this.#settle(peer, false)
  }

  /** Resolves with `true` once a peer, or every peer that takes what it is sent, has room; with `false` if it is gone. */
  drained(peer?: Peer): Promise<boolean> {
    const waits = peer === undefined ? this.isAny : this.#congested.has(peer)
    if (!waits) return Promise.resolve(true)
    return new Promise((resolve) => this.#waiters.push({ peer, resolve }))
  }

  #settle(peer: Peer, hasRoom: boolean): void {
    if (this.#waiters.length === 0) return
    const told = this.#waiters.filter((waiter) => waiter.peer === peer)
    if (told.length > 0) this.#waiters = this.#waiters.filter((waiter) => waiter.peer !== peer)
    for (const { resolve } of told) resolve(hasRoom)
    this.#settleAll()
  }

  #settleAll(): void {
    if (this.isAny) return
    const told = this.#waiters.filter(({ peer }) => peer === undefined)
    if (told.length > 0) this.#waiters = this.#waiters.filter(({ peer }) => peer !== undefined)
    for (const { resolve } of told) resolve(true)
  }
}
