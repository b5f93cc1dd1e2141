import type { Duplex } from 'node:stream'
import { assertBytes } from '../arguments.js'
import { closeIterable } from '../async/close-iterable.js'
import type { LongMessageSource } from '../frame/long-message.js'
import * as faults from './faults.js'
import { type EncoderEvents, type MessageEncoder, NO_ENCODER, openEncoder } from './message-encoder.js'
import { messageOut } from './message-channels.js'
import { Outlet, type OutletOwner } from './outlet.js'
import { dropDownTo } from './overflow.js'
import type { Peer } from './peer.js'
import type { PeerOwner } from './peer-owner.js'
import type { StallOwner } from './stall-watch.js'
import type { Tally } from './tally.js'
import type { Unit } from './unit.js'

/** What {@link Sending} asks of its peer. */
export interface Sender extends Peer {
  readonly tally: Tally
  /** Closes at once, because of an error. */
  fail(error: Error): void
  /** Counts messages that were lost. */
  drop(count: number, isUnsent: boolean): void
}

const NOTHING = Buffer.alloc(0)

// What goes to all peers does not wait for one that has taken no byte for so long.
const STALLED_MS = 1000

/** What is sent to a peer, in one order and with one limit: what happens when too much waits, or none of it leaves. */
export class Sending implements OutletOwner, StallOwner {
  readonly outlet: Outlet
  readonly #peer: Sender
  readonly #owner: PeerOwner

  constructor(duplex: Duplex, peer: Sender, owner: PeerOwner) {
    this.#peer = peer
    this.#owner = owner
    this.outlet = new Outlet(duplex, owner.settings.outboundLimit, this)
  }

  get tally(): Tally {
    return this.#peer.tally
  }

  /** Sends a message. Throws if it cannot be framed; nothing is sent then. */
  send(message: Uint8Array): boolean {
    if (!this.#hasRoomFor(1)) return false
    const goesOn = this.outlet.send(message)
    this.#owner.memory?.grew(message.length)
    if (messageOut.hasSubscribers) this.#tell(message, message.length)
    return goesOn
  }

  /** Sends a frame, behind all messages before it. */
  sendRaw(frame: Uint8Array): boolean {
    if (!this.#hasRoomFor(1)) return false
    const goesOn = this.#give({ pieces: [frame], length: frame.length, frames: 1 }, false)
    if (messageOut.hasSubscribers) this.#tell(frame, frame.length)
    return goesOn
  }

  /** Sends an empty message that counts as none, and is not told. Nothing must wait. */
  beat(): void {
    const { encode, shared } = this.#owner.framing
    const frame = encode?.(NOTHING) ?? shared?.encode(NOTHING)
    if (frame === undefined) {
      this.outlet.send(NOTHING)
      return
    }
    assertBytes(frame, 'send frame')
    this.outlet.sendUnit({ pieces: [frame], length: frame.length, frames: 0 }, true)
  }

  /** Sends frames, behind all messages before them. */
  sendUnit(unit: Unit, isLast: boolean): boolean {
    return this.#hasRoomFor(unit.frames) && this.#give(unit, isLast)
  }

  sendLong(source: LongMessageSource): Promise<void> {
    if (this.#owner.framing.encode !== undefined) {
      void closeIterable(source)
      throw faults.wholeMessagesOnly()
    }
    const sent = this.outlet.sendLong(source)
    if (messageOut.hasSubscribers) this.#tell(undefined, source.length)
    return sent
  }

  end(): void {
    this.outlet.end()
  }

  /** Lets go of everything: the duplex is closed. */
  destroy(error: Error): void {
    this.#owner.stalls.forget(this)
    this.#owner.congestion.forget(this.#peer)
    this.#peer.drop(this.outlet.destroy(error), true)
  }

  openEncoder(events: EncoderEvents): MessageEncoder {
    try {
      return openEncoder(this.#owner.framing.createEncoder(), events)
    } catch (error) {
      this.#peer.fail(error as Error)
      return NO_ENCODER
    }
  }

  onWaiting(): void {
    this.#owner.stalls.watch(this)
  }

  onCongestion(congested: boolean): void {
    if (congested) this.#owner.congestion.enter(this.#peer)
    else this.#owner.congestion.leave(this.#peer)
  }

  onFault(error: Error): void {
    this.#peer.fail(error)
  }

  onStall(stalledMs: number): void {
    const { congestion, settings } = this.#owner
    if (stalledMs >= settings.sendTimeoutMs) {
      this.#peer.fail(faults.nothingLeaves(this.#peer.id, this.outlet.waiting, settings.sendTimeoutMs))
    } else if (stalledMs >= STALLED_MS) {
      congestion.stall(this.#peer)
    } else if (stalledMs === 0) {
      congestion.unstall(this.#peer)
    }
  }

  #give(unit: Unit, isLast: boolean): boolean {
    this.#owner.memory?.grew(unit.length)
    return this.outlet.sendUnit(unit, isLast)
  }

  #tell(bytes: Uint8Array | undefined, length: number): void {
    this.#owner.observer.sent(this.#peer, bytes, length)
  }

  // Checked before a message, never inside one. A sender that has not been answered `false` is never too fast.
  #hasRoomFor(messages: number): boolean {
    return !this.outlet.isCongested || this.#makeRoomFor(messages)
  }

  #makeRoomFor(messages: number): boolean {
    const { outboundLimit, overflow } = this.#owner.settings
    if (overflow === 'drop-oldest') this.#peer.drop(dropDownTo(outboundLimit, this.outlet), true)
    const { waiting } = this.outlet
    if (waiting <= outboundLimit) return true
    if (overflow === 'disconnect') this.#peer.fail(faults.tooMuchWaits(this.#peer.id, waiting, outboundLimit))
    this.#peer.drop(messages, true)
    return false
  }
}
