import { onAbort } from './on-abort.js'

interface Waiter {
  readonly most: number
  readonly begin: () => void
}

/** Lets few pieces of work be under way at once. The others wait, and begin in order. */
export class FewAtOnce {
  readonly #waiting = new Set<Waiter>()
  #underWay = 0

  /**
   * Does the work when its turn comes.
   *
   * @param most So many may be under way, this one included. Each piece of work has its own limit.
   * @throws What the work throws; the signal's reason, if it is aborted before the work begins.
   */
  async run<T>(most: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    if (this.#underWay < most && this.#waiting.size === 0) this.#underWay++
    else await this.#turn(most, signal)
    try {
      return await work()
    } finally {
      this.#underWay--
      this.#beginNext()
    }
  }

  #turn(most: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        stopWaiting()
        resolve()
      }
      const waiter = { most, begin }
      const stopWaiting = onAbort(signal, (reason) => {
        this.#waiting.delete(waiter)
        // The one behind it may have a higher limit.
        this.#beginNext()
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the caller aborted with
        reject(reason)
      })
      this.#waiting.add(waiter)
    })
  }

  #beginNext(): void {
    for (const waiter of this.#waiting) {
      if (this.#underWay >= waiter.most) return
      this.#waiting.delete(waiter)
      this.#underWay++
      waiter.begin()
    }
  }
}
