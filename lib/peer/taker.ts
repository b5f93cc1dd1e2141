import type { Transform } from 'node:stream'
import { LengthPrefixDecoder } from '../streams/length-prefix-decoder.js'
import type { Message } from './peer.js'

/** Takes batches from a decoder of ours, until it is paused; another one is paused and resumed as streams are. */
export class Taker {
  readonly #decoder: Transform
  readonly #onBatch: (batch: Message[]) => void
  #isPaused = false

  constructor(decoder: Transform, onBatch: (batch: Message[]) => void) {
    this.#decoder = decoder
    this.#onBatch = onBatch
    if (decoder instanceof LengthPrefixDecoder) decoder.handTo(this)
  }

  pause(): void {
    this.#isPaused = true
    if (!(this.#decoder instanceof LengthPrefixDecoder)) this.#decoder.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#decoder instanceof LengthPrefixDecoder) this.wake()
    else this.#decoder.resume()
  }

  wake(): void {
    // Only a decoder of ours wakes.
    const decoder = this.#decoder as LengthPrefixDecoder
    for (let batch = this.#next(decoder); batch !== undefined; batch = this.#next(decoder)) this.#onBatch(batch)
  }

  #next(decoder: LengthPrefixDecoder): Message[] | undefined {
    return this.#isPaused ? undefined : decoder.takeBatch()
  }
}
