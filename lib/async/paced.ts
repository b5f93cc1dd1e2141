import { ITEMS_A_LOOK, turn } from './turn.js'

/** Takes what a synchronous source has, one item after the other, as long as the turn of the event loop lasts. */
export class Paced<T> {
  readonly #take: () => T | undefined
  #left = ITEMS_A_LOOK
  #isHeld = false

  constructor(take: () => T | undefined) {
    this.#take = take
  }

  /** Whether the turn is over: nothing is taken until {@link goOn}. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** The next item; `undefined` if there is none yet, or while held. */
  take(): T | undefined {
    if (--this.#left <= 0) {
      this.#left = ITEMS_A_LOOK
      this.#isHeld ||= turn.isOver()
    }
    return this.#isHeld ? undefined : this.#take()
  }

  /** Resolves in the next turn. */
  async goOn(): Promise<void> {
    await turn.pass()
    this.#isHeld = false
  }
}
