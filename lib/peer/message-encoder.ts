import type { Transform } from 'node:stream'
import { LengthPrefixEncoder } from '../streams/length-prefix-encoder.js'
import type { LongMessageSource } from '../frame/long-message.js'
import type { LongMessageWriter, PushBytes } from '../streams/long-message-writer.js'
import type { Unit } from './unit.js'
import { UnitCollector } from './unit-collector.js'

/** What an outlet asks of the encoder in front of it. */
export interface MessageEncoder {
  /** Bytes that were taken and not let out. */
  readonly packedLength: number
  /** Frames a message. Throws if it cannot be framed, and is then unchanged. */
  add(message: Uint8Array): void
  /** Frames a message that comes in pieces, whose bytes go to `push`. Throws if it cannot be framed. */
  addLong(source: LongMessageSource, push: PushBytes): LongMessageWriter
  /** Lets out what is framed and held back. */
  flush(): void
  /** Lets out all, and calls back when that is done. */
  end(done: () => void): void
  destroy(): void
}

/** Gets what an encoder lets out, and what goes wrong in it. */
export interface EncoderEvents {
  onUnit(unit: Unit): void
  /** It has answered for everything that it was given. */
  onIdle(): void
  onFault(error: Error): void
}

/** Puts an outlet behind a Transform from messages to bytes. */
export function openEncoder(transform: Transform, events: EncoderEvents): MessageEncoder {
  transform.on('error', (error: Error) => events.onFault(error))
  return transform instanceof LengthPrefixEncoder
    ? new OwnEncoder(transform, events)
    : new ForeignEncoder(transform, events)
}

/** Stands for an encoder that could not be made. Its peer is closed for that. */
export const NO_ENCODER: MessageEncoder = {
  packedLength: 0,
  add: () => undefined,
  addLong: () => {
    throw new TypeError('Cannot send long message: the node could not make an encoder')
  },
  flush: () => undefined,
  end: (done) => done(),
  destroy: () => undefined,
}

/** An encoder of ours: it packs what fits into a slab, and refuses what it cannot frame before a byte is out. */
class OwnEncoder implements MessageEncoder {
  readonly #encoder: LengthPrefixEncoder
  // Some pieces end inside a frame: the prefix in front of a body that passes by reference.
  readonly #units = new UnitCollector()

  constructor(encoder: LengthPrefixEncoder, events: EncoderEvents) {
    this.#encoder = encoder
    encoder.on('data', (bytes: Uint8Array, frames: number) => {
      const unit = this.#units.add(bytes, frames)
      if (unit !== undefined) events.onUnit(unit)
    })
  }

  get packedLength(): number {
    return this.#encoder.packedLength
  }

  add(message: Uint8Array): void {
    this.#encoder.add(message)
  }

  addLong(source: LongMessageSource, push: PushBytes): LongMessageWriter {
    return this.#encoder.addLong(source, push)
  }

  flush(): void {
    this.#encoder.flush()
  }

  end(done: () => void): void {
    this.#encoder.flush()
    done()
  }

  destroy(): void {
    this.#encoder.destroy()
  }
}

/** A Transform of a subclass. What is sent behind its messages goes out behind them if it frames each while it is written. */
class ForeignEncoder implements MessageEncoder {
  readonly #transform: Transform & { flush?(): void }
  readonly #events: EncoderEvents
  // What it gives while a message is written to it: the frame of that message.
  #pieces: Uint8Array[] | undefined
  // Bytes of the messages that it has not answered for.
  #pending = 0

  constructor(transform: Transform, events: EncoderEvents) {
    this.#transform = transform
    this.#events = events
    transform.on('data', (bytes: Uint8Array) => {
      if (this.#pieces === undefined) this.#give([bytes])
      else this.#pieces.push(bytes)
    })
  }

  get packedLength(): number {
    return this.#pending
  }

  add(message: Uint8Array): void {
    const { length } = message
    const pieces: Uint8Array[] = []
    this.#pieces = pieces
    this.#pending += length
    try {
      this.#transform.write(message, () => {
        this.#pending -= length
        if (this.#pending === 0) this.#events.onIdle()
      })
    } catch (error) {
      // Not the message's fault, which would be the sender's: other peers may get it.
      this.#events.onFault(error as Error)
    }
    this.#pieces = undefined
    if (pieces.length > 0) this.#give(pieces)
  }

  addLong(): never {
    throw new TypeError('Cannot send long message: createEncoder of this node gives an encoder of whole messages')
  }

  flush(): void {
    this.#transform.flush?.()
    // Reading emits 'data' for what a Transform holds that does not flow yet.
    while (this.#transform.readableLength > 0 && this.#transform.read() !== null);
  }

  end(done: () => void): void {
    this.#transform.on('end', done)
    this.#transform.end()
  }

  destroy(): void {
    this.#transform.destroy()
  }

  #give(pieces: readonly Uint8Array[]): void {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    this.#events.onUnit({ pieces, length, frames: 1 })
  }
}
