import type { Duplex, Transform } from 'node:stream'
import type { LongMessageSource } from '../frame/long-message.js'
import { LengthPrefixEncoder } from '../streams/length-prefix-encoder.js'
import { RawFrames } from '../streams/raw-frames.js'

/** What an outlet asks of its peer. */
export interface OutletOwner {
  createEncoder(): Transform
  /** More than enough waits to be sent, or no longer. */
  onCongestion(congested: boolean): void
  onError(error: Error): void
}

/** An encoder that packs messages, and lets them out when asked. */
type FlushableTransform = Transform & { flush?(): void }

/**
 * The way out of a peer: an encoder in front of a duplex, to which what is sent in a tick goes at the end of it, together.
 *
 * Messages wait in one place, the duplex, where they are counted; only what is sent behind a long message waits in the
 * encoder.
 */
export class Outlet {
  readonly #duplex: Duplex
  readonly #owner: OutletOwner
  #encoder: FlushableTransform | undefined
  // Whether the end of the tick is planned, and whether the duplex is corked until then.
  #isPlanned = false
  #isCorked = false
  #congested = false
  // Whoever sends a long message now, to be told if the duplex goes down.
  readonly #longMessages = new Set<(error: Error) => void>()

  constructor(duplex: Duplex, owner: OutletOwner) {
    this.#duplex = duplex
    this.#owner = owner
  }

  /** Whether more than enough waits to be sent. */
  get isCongested(): boolean {
    return this.#congested
  }

  /** Sends a message. `false` means that more than enough waits to be sent. */
  send(message: Uint8Array): boolean {
    const encoder = (this.#encoder ??= this.#openEncoder())
    this.#planTickEnd()
    if (!encoder.write(message)) this.#waitForDrain(encoder)
    return !this.#congested
  }

  /**
   * Sends bytes that already are frames, behind all messages before them.
   *
   * @param isLast Whether nothing is to be sent behind them in this tick: there is nothing to cork for.
   */
  sendRaw(frames: Uint8Array, isLast: boolean): boolean {
    if (!isLast) this.#planTickEnd()
    if (this.#encoder instanceof LengthPrefixEncoder && this.#encoder.writableLength > 0) {
      // A long message is on its way: not into the middle of it.
      if (!this.#encoder.write(new RawFrames(frames))) this.#waitForDrain(this.#encoder)
    } else {
      if (this.#encoder !== undefined) letOut(this.#encoder)
      this.#write(frames)
    }
    return !this.#congested
  }

  /** Sends a message in pieces. Rejects with what goes wrong, which the owner is told too. */
  sendLong(message: LongMessageSource): Promise<void> {
    const encoder = (this.#encoder ??= this.#openEncoder())
    return new Promise<void>((resolve, reject) => {
      // A stream that is destroyed does not answer for what it was working on.
      this.#longMessages.add(reject)
      const hasRoom = encoder.write(message, (error) => {
        this.#longMessages.delete(reject)
        if (error) reject(error)
        else resolve()
      })
      if (!hasRoom) this.#waitForDrain(encoder)
    })
  }

  /** Ends the duplex, behind what waits to be sent. */
  end(): void {
    if (this.#encoder === undefined) this.#duplex.end()
    else this.#encoder.end()
  }

  /** Lets go of everything: the duplex is closed. */
  destroy(error: Error): void {
    this.#encoder?.destroy()
    for (const reject of this.#longMessages) reject(error)
    this.#longMessages.clear()
  }

  /** @internal The end of the tick. */
  endTick(): void {
    this.#isPlanned = false
    this.#encoder?.flush?.()
    if (!this.#isCorked) return
    this.#isCorked = false
    this.#duplex.uncork()
  }

  #openEncoder(): Transform {
    const encoder = this.#owner.createEncoder()
    encoder.on('data', (bytes: Uint8Array) => {
      // One of somebody's own may still work when the duplex is gone.
      if (!this.#duplex.destroyed) this.#write(bytes)
    })
    encoder.on('end', () => this.#duplex.end())
    encoder.on('error', (error: Error) => this.#owner.onError(error))
    return encoder
  }

  #write(bytes: Uint8Array): void {
    if (this.#isPlanned) this.#cork()
    if (this.#duplex.write(bytes)) return
    this.#waitForDrain(this.#duplex)
    if (this.#longMessages.size > 0) this.#holdBack(this.#encoder)
  }

  // A long message would go on until all of it waits in the duplex.
  #holdBack(encoder: Transform | undefined): void {
    if (encoder === undefined || encoder.isPaused()) return
    encoder.pause()
    this.#duplex.once('drain', () => encoder.resume())
  }

  #planTickEnd(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    process.nextTick(endTick, this)
  }

  // All writes of a tick become one system call. The only one needs no cork, which costs it a detour.
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#duplex.cork()
  }

  #waitForDrain(stream: Duplex): void {
    if (this.#congested) return
    this.#congested = true
    this.#owner.onCongestion(true)
    stream.once('drain', () => this.#onDrain())
  }

  // The encoder and the duplex are waited for one after the other.
  #onDrain(): void {
    const other = [this.#encoder, this.#duplex].find((candidate) => candidate?.writableNeedDrain === true)
    if (other !== undefined) {
      other.once('drain', () => this.#onDrain())
      return
    }
    this.#congested = false
    this.#owner.onCongestion(false)
  }
}

// One function for all peers: a closure for each would cost every silent one.
function endTick(outlet: Outlet): void {
  outlet.endTick()
}

// Reading emits 'data', and so writes what an encoder holds that is not flowing yet.
function letOut(encoder: FlushableTransform): void {
  encoder.flush?.()
  while (encoder.readableLength > 0 && encoder.read() !== null);
}
