import { Pace } from './pace.js'

/** Reads what a synchronous reader has, one item after the other, as long as its {@link Pace} allows. */
export class Paced<T> {
  readonly #reader: { read(): T | undefined }
  readonly #pace = new Pace(() => this.#goOn?.())
  #goOn: (() => void) | undefined

  constructor(reader: { read(): T | undefined }) {
    this.#reader = reader
  }

  /** Whether the turn is over: nothing is read until {@link whenFree}. */
  get isHeld(): boolean {
    return this.#pace.isHeld
  }

  /** The next item; `undefined` if there is none yet, or while held. */
  read(): T | undefined {
    return this.#pace.mayGive() ? this.#reader.read() : undefined
  }

  /** Resolves in the next turn. Call it while held. */
  whenFree(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve
    })
  }
}
