import type { Duplex, Transform } from 'node:stream'
import { Addressee } from './addressee.js'
import { destroyDuplex } from './destroy-duplex.js'
import * as faults from './faults.js'
import type { FrameOwner } from './frame-watch.js'
import { showAs } from './inspect.js'
import { Inlet } from './inlet.js'
import type { InletOwner } from './inlet-owner.js'
import type { LaneOwner, Message } from './lane.js'
import type { Holder } from './memory-guard.js'
import { messageIn } from './message-channels.js'
import { Patience } from './patience.js'
import type { PeerIdentity } from './peer.js'
import type { PeerOwner } from './peer-owner.js'
import { SharedListeners } from './shared-listeners.js'

// How long a peer that has ended may wait for its answer, where nothing says how long it may be silent.
const ANSWER_TIMEOUT_MS = 60_000

// What a socket reads at a time, at most.
const CHUNK_LENGTH = 65_536

/**
 * The peer inside a node: a duplex, with an inlet behind it and what is sent in front of it.
 *
 * | stage   | we send    | what comes is | left by                                                |
 * | open    | yes        | delivered     | end(), close(), the remote's end once handled, a fault |
 * | ended   | what waits | delivered     | close(), the remote's end once handled, a fault        |
 * | closing | what waits | counted       | the duplex closes, closeTimeoutMs                      |
 * | broken  | nothing    | what has come | the inlet has handed over all                          |
 * | gone    | nothing    | nothing       |                                                        |
 */
export class ConnectedPeer extends Addressee implements LaneOwner, InletOwner, FrameOwner, Holder {
  static readonly #listeners = new SharedListeners<ConnectedPeer>({
    error: (peer, error: Error) => peer.fail(error),
    close: (peer) => peer.#onDuplexClosed(),
  })

  static {
    showAs(this.prototype, (peer, inspect) => {
      return `Peer ${inspect({ id: peer.id, address: peer.address, direction: peer.direction, state: peer.#stage })}`
    })
  }

  readonly inlet: Inlet
  #stage: 'open' | 'ended' | 'closing' | 'broken' | 'gone' = 'open'
  readonly #patience: Patience | undefined
  // Ends the wait for an answer, and then the wait for the duplex to close.
  #timer: NodeJS.Timeout | undefined
  #onGone: (() => void)[] | undefined

  /** Whether a duplex is a peer already, of this node or another one. */
  static has(duplex: Duplex): boolean {
    return ConnectedPeer.#listeners.has(duplex)
  }

  constructor(duplex: Duplex, identity: PeerIdentity, owner: PeerOwner) {
    super(duplex, identity, owner)
    // The remote's end is answered once what it has said is handled, and not by the stream as soon as it is seen.
    duplex.allowHalfOpen = true
    ConnectedPeer.#listeners.addTo(duplex, this)
    this.#patience = Patience.of(this)
    this.inlet = new Inlet(duplex, this, this.direction === 'attached')
    if (duplex.errored) this.fail(duplex.errored)
    // Its 'close' was emitted before we listened, is about to be, or never comes.
    if (duplex.destroyed) this.#destroy()
  }

  get isOpen(): boolean {
    return this.#stage === 'open' && !this.duplex.destroyed
  }

  end(): void {
    if (this.#stage !== 'open') return
    this.owner.beforeSend()
    this.#stage = 'ended'
    if (this.sending === undefined) this.duplex.end()
    else this.sending.end()
  }

  override close(timeoutMs: number = this.owner.settings.closeTimeoutMs): Promise<void> {
    this.owner.onClosing(this)
    if (this.#stage === 'gone') return Promise.resolve()
    const gone = new Promise<void>((resolve) => (this.#onGone ??= []).push(resolve))
    this.inlet.discard()
    this.#startClosing(timeoutMs)
    return gone
  }

  fail(error: Error): void {
    this.reason ??= error
    this.#destroy()
  }

  createDecoder(): Transform {
    return this.owner.framing.createDecoder()
  }

  onMessages(all: readonly Message[]): boolean {
    const batch = this.#withoutHeartbeats(all)
    this.#patience?.saw(batch)
    if (batch.length === 0) return true
    this.tally.messagesIn += batch.length
    if (messageIn.hasSubscribers) this.owner.observer.received(this, batch)
    return this.owner.inbox.add(this, batch)
  }

  onUnwanted(batch: readonly Message[]): void {
    this.drop(this.#withoutHeartbeats(batch).length)
  }

  onArrived(length: number): void {
    if (this.inlet.arriving !== undefined || this.inlet.isHeldUp) this.owner.frames.watch(this)
    this.owner.memory?.grew(length)
  }

  onLate(limit: number): void {
    // What the remote is in the middle of is no matter to a peer that is being closed: closeTimeoutMs is.
    if (this.#stage !== 'closing') this.fail(faults.late(this.id, limit))
  }

  get isFrugal(): boolean {
    return this.owner.memory !== undefined
  }

  get held(): number {
    // A message that waits keeps the chunk alive in which it has come.
    const inLane = this.lane === undefined ? 0 : this.lane.cost + CHUNK_LENGTH
    return this.inlet.held + inLane + this.waiting
  }

  get unfinished(): number {
    return this.inlet.arriving === undefined ? 0 : this.inlet.held
  }

  hold(): void {
    this.inlet.hold()
  }

  release(): void {
    this.inlet.release()
  }

  refuseFrame(limit: number): void {
    this.fail(faults.noMemory(this.id, this.unfinished, limit))
  }

  onDone(error: Error | undefined): void {
    if (error !== undefined) this.fail(error)
    if (this.#stage === 'broken') this.#leave()
    else if (error === undefined) this.#awaitAnswer()
  }

  onRoom(): void {
    this.#patience?.refresh()
    this.inlet.resume()
  }

  onHandled(): void {
    this.#patience?.refresh()
    if (this.inlet.isDone && !this.owner.settings.halfOpen) this.#startClosing()
  }

  override toString(): string {
    return `Peer ${this.id} (${this.direction}, ${this.#stage})`
  }

  #withoutHeartbeats(messages: readonly Message[]): readonly Message[] {
    return this.owner.settings.heartbeatMs === undefined ? messages : messages.filter(({ length }) => length > 0)
  }

  // The remote has ended: it is closed when what it has said is handled.
  #awaitAnswer(): void {
    this.owner.inbox.onEnded(this)
    if (this.#stage === 'closing' || this.owner.settings.halfOpen) return
    const { timeoutMs = ANSWER_TIMEOUT_MS } = this.owner.settings
    this.#timer = setTimeout(() => this.#startClosing(), timeoutMs)
    this.owner.inbox.whenHandled(this)
  }

  #startClosing(limit: number = this.owner.settings.closeTimeoutMs): void {
    if (this.#stage !== 'open' && this.#stage !== 'ended') return
    this.end()
    this.#stage = 'closing'
    this.#patience?.stop()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // It has taken everything, and only does not end.
      if (this.duplex.writableFinished) this.#destroy()
      else this.fail(faults.notClosed(this.id, this.waiting, limit))
    }, limit)
  }

  #destroy(): void {
    destroyDuplex(this.duplex, () => this.#onDuplexClosed())
  }

  #onDuplexClosed(): void {
    if (this.#stage === 'broken' || this.#stage === 'gone') return
    if (this.sending?.outlet.isTorn === true) this.reason ??= faults.cutOff(this.id)
    this.#stage = 'broken'
    this.#patience?.stop()
    clearTimeout(this.#timer)
    this.sending?.destroy(faults.gone(this.id, this.reason))
    // A decoder of a subclass may never end.
    this.#timer = setTimeout(() => this.inlet.destroy(), this.owner.settings.closeTimeoutMs)
    this.inlet.drain()
    if (this.inlet.isDone) this.#leave()
  }

  #leave(): void {
    if (this.#stage === 'gone') return
    this.#stage = 'gone'
    clearTimeout(this.#timer)
    this.owner.frames.forget(this)
    this.owner.memory?.forget(this)
    this.owner.onGone(this, this.reason)
    for (const resolve of this.#onGone ?? []) resolve()
  }
}
