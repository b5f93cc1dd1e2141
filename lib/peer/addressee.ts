import type { Duplex } from 'node:stream'
import { assertBytes } from '../arguments.js'
import { closeIterable } from '../async/close-iterable.js'
import { isLongMessageSource, type LongMessageSource } from '../frame/long-message.js'
import type { Address } from '../transports/endpoint.js'
import * as faults from './faults.js'
import type { Lane } from './lane.js'
import type { Direction, PeerIdentity, PeerStats } from './peer.js'
import type { PeerOwner } from './peer-owner.js'
import { type Sender, Sending } from './sending.js'
import { statsOf, Tally } from './tally.js'
import type { Unit } from './unit.js'

/**
 * Who a peer is, and the one door to it: whatever is sent is checked here, put in order with what goes to all, and lost once
 * the peer takes nothing any more.
 */
export abstract class Addressee implements PeerIdentity, Sender {
  readonly id: string
  readonly identity: string | undefined
  readonly address: Address | undefined
  readonly endpoint: Address | undefined
  readonly direction: Direction
  readonly owner: PeerOwner
  lane: Lane | undefined
  protected readonly duplex: Duplex
  // Comes into being with what is sent first.
  protected sending: Sending | undefined
  protected reason: Error | undefined
  #tally: Tally | undefined

  constructor(duplex: Duplex, { id, identity, address, endpoint, direction }: PeerIdentity, owner: PeerOwner) {
    this.id = id
    this.identity = identity
    this.address = address
    this.endpoint = endpoint
    this.direction = direction
    this.duplex = duplex
    this.owner = owner
  }

  abstract get isOpen(): boolean
  abstract fail(error: Error): void
  abstract end(): void
  abstract close(): Promise<void>

  get stats(): PeerStats {
    return statsOf(this.#tally, this.waiting, this.lane?.cost)
  }

  get tally(): Tally {
    return (this.#tally ??= new Tally())
  }

  /** Bytes that wait to be sent. */
  get waiting(): number {
    return this.sending?.outlet.waiting ?? 0
  }

  send(message: Uint8Array): boolean {
    assertBytes(message, 'encode message')
    this.owner.refuseHeartbeat(message)
    const { encode } = this.owner.framing
    if (encode !== undefined) return this.sendRaw(encode(message))
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

  /** Sends an empty message, which the other end takes for a sign of life. */
  beat(): void {
    try {
      this.#open().beat()
    } catch (error) {
      // A subclass frames in a way of its own, which cannot carry one.
      this.fail(error as Error)
    }
  }

  drop(count: number, isUnsent = false): void {
    if (count === 0) return
    this.tally.drop(count, isUnsent)
    this.owner.observer.dropped(this, count, isUnsent)
  }

  #open(): Sending {
    return (this.sending ??= new Sending(this.duplex, this, this.owner))
  }

  #lose(messages: number): false {
    this.drop(messages, true)
    return false
  }

  async #sendLong(source: LongMessageSource): Promise<void> {
    if (!isLongMessageSource(source)) throw faults.noLongMessage(source)
    try {
      this.owner.refuseHeartbeat(source)
    } catch (error) {
      void closeIterable(source)
      throw error
    }
    this.owner.beforeSend()
    if (this.isOpen) return this.#open().sendLong(source)
    this.#lose(1)
    void closeIterable(source)
    throw faults.gone(this.id, this.reason)
  }
}
