import type { Duplex } from 'node:stream'
import { EndOfTick } from '../async/end-of-tick.js'
import type { LongMessageSource } from '../frame/long-message.js'
import { Backlog } from './backlog.js'
import { DuplexSink, MOST_IN_DUPLEX } from './duplex-sink.js'
import type { LongSend } from './long-send.js'
import type { EncoderEvents, MessageEncoder } from './message-encoder.js'
import type { Tally } from './tally.js'
import type { Unit } from './unit.js'

/** What an outlet asks of its peer. */
export interface OutletOwner {
  readonly tally: Tally
  openEncoder(events: EncoderEvents): MessageEncoder
  /** Something was given to the duplex. */
  onWaiting(): void
  /** Enough waits to be sent, or no longer. */
  onCongestion(congested: boolean): void
  /** What was accepted cannot be sent any more. */
  onFault(error: Error): void
}

/**
 * The way out of a peer: an encoder in front of a duplex, to which what is sent in a tick goes at the end of it, together.
 *
 *     send() ──► encoder ──► backlog ──► sink ──► duplex
 *
 * All that waits is counted here. What the backlog holds goes on as this table says:
 *
 * | state                 | sink is full | long message | left by                                   |
 * | free                  |              |              | a write that fills the sink               |
 * | full                  |      x       |              | the duplex has taken all                  |
 * | inside a long message |              |      x       | its last piece, its fault, or a full sink |
 * | and full              |      x       |      x       | the duplex has taken all                  |
 */
export class Outlet implements EncoderEvents {
  readonly #owner: OutletOwner
  readonly #backlog = new Backlog<LongSend>()
  readonly #sink: DuplexSink
  // Lets out what was sent in the tick.
  readonly #endOfTick: EndOfTick<Outlet> = new EndOfTick<Outlet>(this, endTick)
  #encoder: MessageEncoder | undefined
  #isCongested = false
  // Bytes that may be packed before enough waits. Asking the duplex again for each message costs a tenth of sending it
  // (benchmarks/one-way.ts, table "sending").
  #roomLeft = 0
  #isEnding = false
  #long: LongSend | undefined
  // Goes on with the long message.
  #onRoom: (() => void) | undefined

  /** @param limit Bytes that may wait before a sender who goes on is too fast. */
  constructor(duplex: Duplex, limit: number, owner: OutletOwner) {
    this.#owner = owner
    this.#sink = new DuplexSink(duplex, limit, owner.tally, () => this.#afterRoom())
  }

  /** Whether enough waits to be sent: a sender should wait. */
  get isCongested(): boolean {
    return this.#isCongested
  }

  /** Bytes that wait to be sent. */
  get waiting(): number {
    return this.#packed + this.#backlog.length + this.#sink.waiting
  }

  /** Whether bytes that were on their way did not leave before the duplex closed. */
  get isTorn(): boolean {
    return this.#sink.isTorn || this.waiting > 0
  }

  /** A number that changes whenever bytes leave; `undefined` while the duplex has none to take. */
  get progress(): number | undefined {
    return this.#sink.progress
  }

  /** Sends a message. `false` means that enough waits. Throws if it cannot be framed; nothing is sent then. */
  send(message: Uint8Array): boolean {
    const encoder = this.#open()
    this.#endOfTick.plan()
    encoder.add(message)
    if (encoder.packedLength >= this.#roomLeft) this.#congest()
    return !this.#isCongested
  }

  /**
   * Sends frames, behind all messages before them.
   *
   * @param isLast Whether nothing is to be sent behind them in this tick: there is nothing to wait for.
   */
  sendUnit(unit: Unit, isLast: boolean): boolean {
    if (!isLast) this.#endOfTick.plan()
    this.#encoder?.flush()
    this.onUnit(unit)
    if (isLast) this.#owner.onWaiting()
    return !this.#isCongested
  }

  /** Sends a message in pieces, behind all messages before it. Throws if it cannot be framed, rejects with what else goes wrong. */
  sendLong(source: LongMessageSource): Promise<void> {
    const encoder = this.#open()
    const writer = encoder.addLong(source, (bytes, frames) => this.#handInTurn(bytes, frames))
    encoder.flush()
    return new Promise<void>((resolve, reject) => {
      this.#backlog.push({ writer, isBegun: false, resolve, reject })
      this.#fill()
    })
  }

  /** Drops the frames that have waited longest. Returns how many; fewer bytes wait then, unless none can be dropped. */
  dropOldest(): number {
    return this.#backlog.dropOldest()
  }

  /** Ends the duplex, behind what waits to be sent. */
  end(): void {
    if (this.#encoder === undefined) this.#endDuplex()
    else this.#encoder.end(() => this.#endDuplex())
  }

  /** Lets go of everything: the duplex is closed. Returns how many messages have not left. */
  destroy(error: Error): number {
    this.#encoder?.flush()
    this.#encoder?.destroy()
    const lost = this.#backlog.frames + this.#sink.frames
    const unsent = this.#backlog.clear()
    if (this.#long !== undefined) unsent.push(this.#long)
    this.#long = undefined
    for (const { writer, reject } of unsent) {
      writer.stop(error)
      reject(error)
    }
    this.#onRoom?.()
    return lost + unsent.length
  }

  /** Takes what the encoder lets out. */
  onUnit(unit: Unit): void {
    this.#backlog.push(unit)
    this.#fill()
    this.#congest()
  }

  /** The encoder has answered for all that it was given. */
  onIdle(): void {
    this.#relax()
  }

  onFault(error: Error): void {
    this.#owner.onFault(error)
  }

  endTick(): void {
    this.#encoder?.flush()
    this.#sink.uncork()
    this.#owner.onWaiting()
  }

  get #packed(): number {
    return this.#encoder?.packedLength ?? 0
  }

  #open(): MessageEncoder {
    return (this.#encoder ??= this.#owner.openEncoder(this))
  }

  // Hands over what waits, until the duplex has enough or a long message has its turn.
  #fill(): void {
    while (!this.#sink.isFull && this.#long === undefined) {
      const slice = this.#backlog.takeSlice(MOST_IN_DUPLEX)
      if (slice !== undefined) this.#hand(slice.bytes, slice.frames)
      else if (!this.#sendNextLong()) break
    }
    if (!this.#isEnding || !this.#backlog.isEmpty || this.#long !== undefined) return
    this.#isEnding = false
    this.#sink.end()
  }

  #endDuplex(): void {
    this.#isEnding = true
    this.#fill()
  }

  #hand(bytes: Uint8Array, frames: number): void {
    this.#sink.write(bytes, frames, this.#endOfTick.isPlanned)
  }

  #afterRoom(): void {
    this.#onRoom?.()
    // Slices that have waited go out together.
    if (!this.#backlog.isEmpty) this.#endOfTick.plan()
    this.#fill()
    this.#relax()
  }

  #sendNextLong(): boolean {
    const long = this.#backlog.takeLong()
    if (long === undefined) return false
    this.#long = long
    long.writer.write().then(
      () => this.#endLong(long, () => long.resolve()),
      (error: unknown) => {
        this.#endLong(long, () => long.reject(error))
        // Half a message is out: what comes behind it would be taken for the rest.
        if (long.isBegun) this.#owner.onFault(error as Error)
      },
    )
    return true
  }

  // The bytes of the long message, as far as there is room.
  #handInTurn(bytes: Uint8Array, frames: number): Promise<void> | undefined {
    if (this.#long !== undefined) this.#long.isBegun = true
    this.#hand(bytes, frames)
    // Its bytes have waited nowhere before; those of the backlog were counted when they came there.
    this.#congest()
    return this.#sink.isFull ? new Promise((resolve) => (this.#onRoom = resolve)) : undefined
  }

  #endLong(long: LongSend, settle: () => void): void {
    // Otherwise the outlet was destroyed, and the sender has its answer.
    if (this.#long !== long) return
    this.#long = undefined
    settle()
    this.#fill()
    this.#relax()
  }

  // Told once enough waits, wherever it does.
  #congest(): void {
    this.#roomLeft = this.#sink.room - this.#backlog.length - this.#sink.waiting
    if (this.#isCongested || this.#packed < this.#roomLeft) return
    this.#isCongested = true
    this.#owner.onCongestion(true)
  }

  // As a stream does, which emits 'drain' when nothing waits any more.
  #relax(): void {
    if (!this.#isCongested || this.#sink.isFull || this.#backlog.length > 0 || this.waiting >= this.#sink.room) return
    this.#isCongested = false
    this.#owner.onCongestion(false)
  }
}

// One function for all outlets: a closure for each would cost every one that is sent to.
function endTick(outlet: Outlet): void {
  outlet.endTick()
}
