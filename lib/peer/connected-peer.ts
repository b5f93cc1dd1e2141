import type { Duplex, Transform } from 'node:stream'
import { assertBytes } from '../arguments.js'
import { closeIterable } from '../async/close-iterable.js'
import { isLongMessageSource, type LongMessageSource } from '../frame/long-message.js'
import type { Address } from '../transports/endpoint.js'
import { destroyDuplex } from './destroy-duplex.js'
import * as faults from './faults.js'
import { showAs } from './inspect.js'
import { IdleWatch } from './idle-watch.js'
import { Inlet, type InletOwner } from './inlet.js'
import type { Lane, LaneOwner, Message } from './lane.js'
import { messageIn } from './message-channels.js'
import type { Direction, PeerIdentity, PeerStats } from './peer.js'
import type { PeerOwner } from './peer-owner.js'
import { type Sender, Sending } from './sending.js'
import { SharedListeners } from './shared-listeners.js'
import { statsOf, Tally } from './tally.js'
import type { Unit } from './unit.js'

// How long a peer that has ended may wait for its answer, where nothing says how long it may be silent.
const ANSWER_TIMEOUT_MS = 60_000

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
export class ConnectedPeer implements PeerIdentity, Sender, LaneOwner, InletOwner {
  static readonly #listeners = new SharedListeners<ConnectedPeer>({
    error: (peer, error: Error) => peer.fail(error),
    close: (peer) => peer.#onDuplexClosed(),
  })

  static {
    showAs(this.prototype, (peer, inspect) => {
      const { id, address, direction } = peer
      return `Peer ${inspect({ id, address, direction, state: peer.#stage })}`
    })
  }

  readonly id: string
  readonly identity: string | undefined
  readonly address: Address | undefined
  readonly endpoint: Address | undefined
  readonly direction: Direction
  readonly owner: PeerOwner
  lane: Lane | undefined
  readonly #duplex: Duplex
  readonly #inlet: Inlet
  #sending: Sending | undefined
  #stage: 'open' | 'ended' | 'closing' | 'broken' | 'gone' = 'open'
  #reason: Error | undefined
  #tally: Tally | undefined
  readonly #idle: IdleWatch | undefined
  // Ends the wait for an answer, and then the wait for the duplex to close.
  #timer: NodeJS.Timeout | undefined
  #onGone: (() => void)[] | undefined

  /** Whether a duplex is a peer already, of this node or another one. */
  static has(duplex: Duplex): boolean {
    return ConnectedPeer.#listeners.has(duplex)
  }

  constructor(duplex: Duplex, identity: PeerIdentity, owner: PeerOwner) {
    this.id = identity.id
    this.identity = identity.identity
    this.address = identity.address
    this.endpoint = identity.endpoint
    this.direction = identity.direction
    this.#duplex = duplex
    this.owner = owner
    // The remote's end is answered once what it has said is handled, and not by the stream as soon as it is seen.
    duplex.allowHalfOpen = true
    ConnectedPeer.#listeners.addTo(duplex, this)
    const { timeoutMs } = owner.settings
    if (timeoutMs !== undefined) this.#idle = new IdleWatch(timeoutMs, () => this.#onSilence(timeoutMs))
    this.#inlet = new Inlet(duplex, this, this.direction === 'attached')
    if (duplex.errored) this.fail(duplex.errored)
    // Its 'close' was emitted before we listened, is about to be, or never comes.
    if (duplex.destroyed) this.#destroy()
  }

  get isOpen(): boolean {
    return this.#stage === 'open' && !this.#duplex.destroyed
  }

  get stats(): PeerStats {
    return statsOf(this.#tally, this.#sending?.outlet.waiting, this.lane?.cost)
  }

  get tally(): Tally {
    return (this.#tally ??= new Tally())
  }

  send(message: Uint8Array): boolean {
    const { encode } = this.owner.framing
    if (encode !== undefined) return this.sendRaw(encode(message))
    assertBytes(message, 'encode message')
    this.owner.beforeSend()
    return this.isOpen ? this.#open().send(message) : this.#lose(1)
  }

  sendRaw(frame: Uint8Array): boolean {
    assertBytes(frame, 'send frame')
    this.owner.beforeSend()
    return this.isOpen ? this.#open().sendRaw(frame) : this.#lose(1)
  }

  /** Sends frames that other peers may get too. @param isLast Whether nothing will be sent behind them in this tick. */
  sendUnit(unit: Unit, isLast: boolean): boolean {
    return this.isOpen ? this.#open().sendUnit(unit, isLast) : this.#lose(unit.frames)
  }

  sendLong(source: LongMessageSource): Promise<void> {
    const sent = this.#sendLong(source)
    // 'disconnect' tells its loss too, and the sender has the promise: a program that does not wait must not end by it.
    sent.catch(() => undefined)
    return sent
  }

  end(): void {
    if (this.#stage !== 'open') return
    this.owner.beforeSend()
    this.#stage = 'ended'
    if (this.#sending === undefined) this.#duplex.end()
    else this.#sending.end()
  }

  close(timeoutMs: number = this.owner.settings.closeTimeoutMs): Promise<void> {
    this.owner.onClosing(this)
    if (this.#stage === 'gone') return Promise.resolve()
    const gone = new Promise<void>((resolve) => (this.#onGone ??= []).push(resolve))
    this.#inlet.discard()
    this.#startClosing(timeoutMs)
    return gone
  }

  fail(error: Error): void {
    this.#reason ??= error
    this.#destroy()
  }

  drop(count: number, isUnsent = false): void {
    if (count === 0) return
    this.tally.drop(count, isUnsent)
    this.owner.observer.dropped(this, count, isUnsent)
  }

  createDecoder(): Transform {
    return this.owner.framing.createDecoder()
  }

  onMessages(batch: readonly Message[]): boolean {
    this.#idle?.saw(batch)
    this.tally.messagesIn += batch.length
    if (messageIn.hasSubscribers) this.owner.observer.received(this, batch)
    return this.owner.inbox.add(this, batch)
  }

  onDone(error: Error | undefined): void {
    if (error !== undefined) this.fail(error)
    if (this.#stage === 'broken') this.#leave()
    else if (error === undefined) this.#awaitAnswer()
  }

  onRoom(): void {
    this.#idle?.refresh()
    this.#inlet.resume()
  }

  onHandled(): void {
    this.#idle?.refresh()
    if (this.#inlet.isDone && !this.owner.settings.halfOpen) this.#startClosing()
  }

  toString(): string {
    return `Peer ${this.id} (${this.direction}, ${this.#stage})`
  }

  #open(): Sending {
    return (this.#sending ??= new Sending(this.#duplex, this, this.owner))
  }

  #lose(messages: number): false {
    this.drop(messages, true)
    return false
  }

  async #sendLong(source: LongMessageSource): Promise<void> {
    if (!isLongMessageSource(source)) throw faults.noLongMessage(source)
    this.owner.beforeSend()
    if (this.isOpen) return this.#open().sendLong(source)
    this.#lose(1)
    void closeIterable(source)
    throw faults.gone(this.id, this.#reason)
  }

  // The remote has ended: it is closed when what it has said is handled.
  #awaitAnswer(): void {
    if (this.#stage === 'closing' || this.owner.settings.halfOpen) return
    const { timeoutMs = ANSWER_TIMEOUT_MS } = this.owner.settings
    this.#timer = setTimeout(() => this.#startClosing(), timeoutMs)
    this.owner.inbox.whenHandled(this)
  }

  #startClosing(limit: number = this.owner.settings.closeTimeoutMs): void {
    if (this.#stage !== 'open' && this.#stage !== 'ended') return
    this.end()
    this.#stage = 'closing'
    this.#idle?.stop()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // It has taken everything, and only does not end.
      if (this.#duplex.writableFinished) this.#destroy()
      else this.fail(faults.notClosed(this.id, this.stats.waiting, limit))
    }, limit)
  }

  #destroy(): void {
    destroyDuplex(this.#duplex, () => this.#onDuplexClosed())
  }

  // A peer that waits for us is not idle: it is paused, or what it has said is not handled.
  #onSilence(timeoutMs: number): void {
    const { inbox } = this.owner
    if (this.#inlet.isPaused || !inbox.isHandled(this)) inbox.whenHandled(this)
    else this.fail(faults.idle(this.id, timeoutMs))
  }

  #onDuplexClosed(): void {
    if (this.#stage === 'broken' || this.#stage === 'gone') return
    if (this.#sending?.outlet.isTorn === true) this.#reason ??= faults.cutOff(this.id)
    this.#stage = 'broken'
    this.#idle?.stop()
    clearTimeout(this.#timer)
    this.#sending?.destroy(faults.gone(this.id, this.#reason))
    // A decoder of a subclass may never end.
    this.#timer = setTimeout(() => this.#inlet.destroy(), this.owner.settings.closeTimeoutMs)
    this.#inlet.drain()
    if (this.#inlet.isDone) this.#leave()
  }

  #leave(): void {
    if (this.#stage === 'gone') return
    this.#stage = 'gone'
    clearTimeout(this.#timer)
    this.owner.onGone(this, this.#reason)
    for (const resolve of this.#onGone ?? []) resolve()
  }
}
