import { Socket } from 'node:net'
import type { Duplex, Transform } from 'node:stream'
import { turn } from '../async/turn.js'
import { isInMemory } from '../frame/long-message.js'
import { Landing } from '../streams/landing.js'
import { LengthPrefixDecoder } from '../streams/length-prefix-decoder.js'
import type { LongMessage } from '../streams/long-message-stream.js'
import { type Place, readInto } from '../streams/read-into.js'
import { messagesOf } from './foreign-messages.js'
import { type Arriving, arrivingOf } from './arriving.js'
import { cutOff } from './cut-off.js'
import type { InletOwner } from './inlet-owner.js'
import type { Message } from './lane.js'
import { SharedListeners } from './shared-listeners.js'

/**
 * The way in of a peer: chunks of a duplex go through a decoder, which comes into being with the first of them, and messages
 * come out.
 *
 *     duplex ──► decoder ──► peer
 *
 * | mode       | chunks          | messages                     | left by                            |
 * | reading    | are decoded     | are handed over              | a peer that has enough, discard()  |
 * | paused     | wait, unread    | wait in the decoder          | resume(), discard(), drain()       |
 * | draining   | are the last    | are handed over, all of them | the decoder's end or error         |
 * | discarding | are decoded     | are counted                  | the decoder's end or error         |
 * | done       | are thrown away |                              |                                    |
 */
export class Inlet implements Place {
  static readonly #duplexListeners = new SharedListeners<Inlet>({
    data: (inlet, chunk: Uint8Array) => {
      if (inlet.#duplex instanceof Socket) turn.renew()
      inlet.#write(chunk)
    },
    end: (inlet) => inlet.#end(),
  })

  static readonly #decoderListeners = new SharedListeners<Inlet>({
    end: (inlet) => inlet.#finish(undefined),
    error: (inlet, error: Error) => inlet.#finish(error),
    // A decoder that was destroyed emits neither.
    close: (inlet) => inlet.#finish(new Error('Cannot read on: the decoder was destroyed')),
  })

  readonly #duplex: Duplex
  readonly #owner: InletOwner
  #decoder: Transform | undefined
  // Where a socket of our transports reads to, once it has read.
  #landing: Landing | undefined
  // The long message that was handed over last.
  #long: LongMessage | undefined
  // Whether the node has no memory for more.
  #isHeld = false
  #mode: 'reading' | 'paused' | 'draining' | 'discarding' | 'done' = 'reading'

  /** @param isShared Whether others may read the duplex too. */
  constructor(duplex: Duplex, owner: InletOwner, isShared: boolean) {
    this.#duplex = duplex
    this.#owner = owner
    // A duplex that is destroyed would throw away what it holds if it flowed: drain() reads that.
    if (duplex.destroyed) return
    if (!isShared) readInto(duplex, this)
    Inlet.#duplexListeners.addTo(duplex, this)
    // Its 'end' was emitted before we listened, perhaps while goodPeer ran; it is not emitted again.
    if (duplex.readableEnded) process.nextTick(() => this.#end())
    // Transports hand over sockets that are paused, so that nothing is read before the peer is accepted.
    else duplex.resume()
  }

  get isDone(): boolean {
    return this.#mode === 'done'
  }

  /** Whether nothing more arrives, or not all that has is looked at, because of us. */
  get isHeldUp(): boolean {
    return this.#mode === 'paused' || this.#isHeld || this.#own?.isHeldUp === true
  }

  /** The frame that is arriving; `undefined` while there is none, or what has come is not all looked at. */
  get arriving(): Arriving | undefined {
    return arrivingOf(this.#own, this.#long, this.#owner.tally)
  }

  /** Bytes in memory of what has arrived and is not a message yet. */
  get held(): number {
    return Math.max(this.#own?.unreadLength ?? 0, this.#landing?.length ?? 0)
  }

  /** Reads no more until {@link release}, whatever the peer says. */
  hold(): void {
    this.#isHeld = true
    if (this.#mode === 'reading') this.#duplex.pause()
  }

  release(): void {
    this.#isHeld = false
    this.#readOn()
  }

  get room(): Uint8Array {
    return this.#landing?.room ?? Landing.field
  }

  onRead(length: number): boolean {
    turn.renew()
    const landing = (this.#landing ??= new Landing(this.#owner.isFrugal))
    this.#write(landing.take(length))
    if (this.#decoder instanceof LengthPrefixDecoder) landing.choose(this.#decoder)
    // What has enough has paused the duplex.
    return true
  }

  /** Goes on after the peer had enough. */
  resume(): void {
    this.#leavePause('reading')
    this.#readOn()
  }

  /** Hands over what has come; what comes from now on is not wanted. */
  discard(): void {
    // Then nothing more comes, and drain() hands over what has.
    if (this.#duplex.destroyed) return
    this.#leavePause('draining')
    // Reading emits 'data', which is how it is written.
    while (this.#duplex.read() !== null);
    if (this.#long !== undefined) cutOff(this.#long)
    if (this.#mode !== 'done') this.#mode = 'discarding'
    this.#duplex.resume()
  }

  /** The duplex has closed: hands over what it has left, however much waits, since that is in memory anyway. */
  drain(): void {
    this.#leavePause('draining')
    // A connection that breaks while we do not read leaves whole messages behind. No 'data' is emitted any more.
    for (let chunk = this.#read(); chunk !== null; chunk = this.#read()) this.#write(chunk)
    this.#end()
  }

  /** Gives up on a decoder that does not end. */
  destroy(): void {
    this.#decoder?.destroy()
  }

  /** The decoder may have messages. */
  wake(): void {
    // Only one of ours wakes.
    const decoder = this.#decoder as LengthPrefixDecoder
    while (this.#mode !== 'paused') {
      const batch = decoder.takeBatch()
      if (batch === undefined) return
      this.#give(batch)
    }
  }

  // What pipe() does, without the dozen closures that it makes.
  #write(chunk: Uint8Array): void {
    if (this.#mode === 'done') return
    this.#owner.tally.bytesIn += chunk.length
    try {
      const decoder = this.#open()
      const goesOn = decoder.write(chunk)
      this.#owner.onArrived(chunk.length)
      if (goesOn || this.#mode !== 'reading') return
      this.#duplex.pause()
      decoder.once('drain', () => this.#readOn())
    } catch (error) {
      // Thrown by a subclass: by createDecoder, or by a decoder that it made.
      this.#finish(error as Error)
    }
  }

  #readOn(): void {
    if (this.#mode === 'reading' && !this.#isHeld && !this.#duplex.destroyed) this.#duplex.resume()
  }

  get #own(): LengthPrefixDecoder | undefined {
    return this.#decoder instanceof LengthPrefixDecoder ? this.#decoder : undefined
  }

  #end(): void {
    if (this.#mode === 'done') return
    if (this.#decoder === undefined) this.#finish(undefined)
    else this.#decoder.end()
  }

  #open(): Transform {
    if (this.#decoder !== undefined) return this.#decoder
    const decoder = this.#owner.createDecoder()
    this.#decoder = decoder
    Inlet.#decoderListeners.addTo(decoder, this)
    if (decoder instanceof LengthPrefixDecoder) decoder.handTo(this)
    else decoder.on('data', (item: unknown) => this.#giveForeign(item))
    return decoder
  }

  #giveForeign(item: unknown): void {
    let messages: readonly Message[]
    try {
      messages = messagesOf(item)
    } catch (error) {
      this.#decoder?.destroy(error as Error)
      return
    }
    this.#give(messages)
  }

  #give(batch: readonly Message[]): void {
    if (this.#mode === 'done' || batch.length === 0) return
    if (this.#mode === 'discarding') {
      for (const message of batch) if (!isInMemory(message)) message.destroy()
      this.#owner.onUnwanted(batch)
      return
    }
    const last = batch.at(-1)
    if (last !== undefined && !isInMemory(last)) this.#long = last
    if (!this.#owner.onMessages(batch) && this.#mode === 'reading') {
      this.#mode = 'paused'
      this.#owner.tally.paused++
      this.#duplex.pause()
      // One of ours is not asked for more; another one would push it.
      if (!(this.#decoder instanceof LengthPrefixDecoder)) this.#decoder?.pause()
    }
  }

  #leavePause(mode: 'reading' | 'draining'): void {
    const wasPaused = this.#mode === 'paused'
    if (wasPaused || this.#mode === 'reading') this.#mode = mode
    if (!wasPaused) return
    if (this.#decoder instanceof LengthPrefixDecoder) this.wake()
    else this.#decoder?.resume()
  }

  #read(): Uint8Array | null {
    return this.#duplex.read() as Uint8Array | null
  }

  #finish(error: Error | undefined): void {
    if (this.#mode === 'done') return
    const wasUnwanted = this.#mode === 'discarding'
    this.#mode = 'done'
    // A frame that we have cut off ourselves, by closing, is no fault of the remote.
    this.#owner.onDone(wasUnwanted ? undefined : error)
  }
}
