/** Counts the turns of the event loop until it is stopped. */
export class Pauses {
  #turns = 0
  #isStopped = false

  constructor() {
    const count = (): void => {
      this.#turns++
      if (!this.#isStopped) setImmediate(count)
    }
    setImmediate(count)
  }

  stop(): number {
    this.#isStopped = true
    return this.#turns
  }
}
