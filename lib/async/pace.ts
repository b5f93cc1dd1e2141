import { ITEMS_A_LOOK, turn } from './turn.js'

// Where the items between two looks take longer than this, each is followed by a look.
const LONG_STRIDE_MS = 1

/** How long a loop goes on over what waits: as long as the {@link turn}; then it is held until the next one. */
export class Pace {
  readonly #goOn: () => void
  // Items that may be given before the next look at the clock, and between two looks.
  #left = 1
  #stride = 1
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

  #look(): boolean {
    if (this.#isHeld) return false
    const nowMs = turn.now()
    const isSlow = nowMs - this.#lookedMs > LONG_STRIDE_MS
    this.#stride = isSlow ? 1 : Math.min(this.#stride * 2, ITEMS_A_LOOK)
    this.#lookedMs = nowMs
    if (turn.isOver(nowMs)) this.#hold()
    else this.#left = this.#stride - 1
    return !this.#isHeld
  }

  #hold(): void {
    this.#isHeld = true
    turn.next(() => {
      this.#isHeld = false
      this.#left = this.#stride
      this.#goOn()
    })
  }
}
