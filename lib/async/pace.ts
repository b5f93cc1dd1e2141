import { ITEMS_A_LOOK, turn, TURN_MS } from './turn.js'

// After a rest: a message that comes alone costs no look at the clock.
const ITEMS_UNLOOKED = 2
// Items that take longer than this from one look at the clock to the next have the next one sooner.
const LONG_STRIDE_MS = 1

/**
 * How long a loop goes on over what waits: about 10 ms, then it is held until the next turn of the event loop.
 *
 * A loop that has taken everything begins anew with what comes next. If the time before counted, it would be held while
 * a thousand sockets bring more, which then waits in memory (benchmarks/fan-in.ts took three times as long).
 */
export class Pace {
  readonly #goOn: () => void
  // Items that may be given before the next look at the clock, and between two looks.
  #left = ITEMS_UNLOOKED
  #stride = 1
  // When the first look was since the loop rested, NaN before there was one, and when the last.
  #startedMs = NaN
  #lookedMs = 0
  #isHeld = false

  /** @param goOn Called when the loop is not held any more. */
  constructor(goOn: () => void) {
    this.#goOn = goOn
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Whether one more item may be given, in this turn. */
  mayGive(): boolean {
    return --this.#left >= 0 || this.#look()
  }

  /** Says that everything has been taken. */
  rest(): void {
    this.#left = ITEMS_UNLOOKED
    this.#startedMs = NaN
  }

  #look(): boolean {
    if (this.#isHeld) return false
    const nowMs = turn.now()
    if (Number.isNaN(this.#startedMs)) this.#startedMs = nowMs
    else if (nowMs - this.#lookedMs > LONG_STRIDE_MS) this.#stride = 1
    else this.#stride = Math.min(this.#stride * 2, ITEMS_A_LOOK)
    this.#lookedMs = nowMs
    const usedMs = nowMs - this.#startedMs
    // Below 0 where a test has set the clock.
    if (turn.isAwaited || usedMs > TURN_MS || usedMs < 0) this.#hold()
    else this.#left = this.#stride - 1
    return !this.#isHeld
  }

  #hold(): void {
    this.#isHeld = true
    turn.next(() => {
      this.#isHeld = false
      this.rest()
      this.#goOn()
    })
  }
}
