// Node's comes before promises; elsewhere there is nothing earlier than those.
type NextTick = <T>(callback: (argument: T) => void, argument: T) => void
const { process } = globalThis as { process?: { nextTick?: NextTick } }
const nextTick: NextTick =
  process?.nextTick ??
  ((callback, argument) => {
    queueMicrotask(() => callback(argument))
  })

/**
 * Something that is done once at the end of the tick, however often it is planned.
 *
 * All owners share one function, which gets the owner: a closure for each would cost every idle peer.
 */
export class EndOfTick<Owner> {
  readonly #owner: Owner
  readonly #run: (owner: Owner) => void
  #isPlanned = false

  constructor(owner: Owner, run: (owner: Owner) => void) {
    this.#owner = owner
    this.#run = run
  }

  get isPlanned(): boolean {
    return this.#isPlanned
  }

  plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    nextTick(EndOfTick.#end, this)
  }

  static #end<Owner>(endOfTick: EndOfTick<Owner>): void {
    endOfTick.#isPlanned = false
    endOfTick.#run(endOfTick.#owner)
  }
}
