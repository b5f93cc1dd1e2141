import { ITEMS_A_LOOK, turn } from './turn.js'

/** Reads what a synchronous reader has, one item after the other, as long as the turn of the event loop lasts. */
export class Paced<T> {
  readonly #reader: { read(): T | undefined }
  #left = ITEMS_A_LOOK
  #isHeld = false

  constructor(reader: { read(): T | undefined }) {
    this.#reader = reader
  }

  /** Whether the turn is over: nothing is read until {@link goOn}. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** The next item; `undefined` if there is none yet, or while held. */
  read(): T | undefined {
    if (--this.#left <= 0) {
      this.#left = ITEMS_A_LOOK
      this.#isHeld ||= turn.isOver()
    }
    return this.#isHeld ? undefined : this.#reader.read()
  }

  /** Resolves in the next turn. */
  async goOn(): Promise<void> {
    await turn.pass()
    this.#isHeld = false
  }
}
