import { KIB } from './byte-size.js'
import { RING_LENGTH, ringOf } from './messages.js'

// Of longer messages only the last one is kept. Sixteen are old objects before they are let go, and those behind them lie in
// memory that is new: a message of 1 MiB took 0.2 to 3 ms, by chance.
const LONGEST_KEPT = 4 * KIB

/** Counts and verifies the messages that come out of a decoder, and keeps the last of them alive. */
export class Tally {
  // Without this, escape analysis removes the views that a decoder makes: the bare parser looked 1.3 times as fast.
  #kept: Uint8Array[] = []
  #keptMask = 0
  #ring: readonly Buffer[] = []
  #size = 0
  #thorough = false
  #count = 0
  #expected = 0
  #faults = 0
  #onComplete: (() => void) | undefined

  /** Expects `count` messages of `size` bytes. `thorough`: compares every byte, and not just lengths and both ends. */
  expect(size: number, count: number, thorough: boolean): Promise<void> {
    this.#ring = ringOf(size)
    this.#size = size
    this.#kept = []
    this.#keptMask = size > LONGEST_KEPT ? 0 : RING_LENGTH - 1
    this.#thorough = thorough
    this.#count = this.#faults = 0
    this.#expected = count
    return new Promise((resolve) => (this.#onComplete = resolve))
  }

  /** Takes the next message of the one stream there is. */
  readonly take = (message: Uint8Array): undefined => {
    this.#take(message, this.#count & (RING_LENGTH - 1))
  }

  /** Takes the next message of any stream; which one it is, it says itself. */
  readonly takeAny = (message: Uint8Array): undefined => {
    this.#take(message, message[0]!)
  }

  /** @throws {Error} If messages are missing, are too many or are not those that were sent. */
  verify(): void {
    if (this.#count !== this.#expected) throw new Error(`${this.#count} messages instead of ${this.#expected}`)
    if (this.#faults !== 0) throw new Error('Messages differ from those that were sent')
  }

  #take(message: Uint8Array, index: number): void {
    const length = message.length
    this.#kept[index & this.#keptMask] = message
    this.#faults |= (length ^ this.#size) | (message[0]! ^ index) | (message[length - 1]! ^ index)
    if (this.#thorough) this.#compare(message, index)
    if (++this.#count === this.#expected) this.#onComplete?.()
  }

  #compare(message: Uint8Array, index: number): void {
    if (this.#ring[index]?.equals(message) !== true) this.#faults |= 1
  }
}
