import { Pace } from './pace.js'

/** Where a {@link MessageIterator} takes its items from. */
export interface MessageSource<T> {
  /** The next item that is there already, or `undefined`. */
  take(): T | undefined
  /** The reader will not ask again. */
  release(): void
}

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void
  reject(error: unknown): void
}

/**
 * An async iterator whose items come from a synchronous source: a promise for each item, and nothing else.
 *
 * A stream's own iterator costs about 200 ns a message more, and an async generator hangs in `return()` while a `next()`
 * is pending. Calls of `next()` are answered in order. What was there before the end, or before the error, comes first.
 * However much there is, timers run: after about 10 ms the next item comes in the next turn of the event loop.
 */
export class MessageIterator<T> implements AsyncIteratorObject<T, undefined> {
  // Undefined after return(): what is still there is not ours to take.
  #source: MessageSource<T> | undefined
  readonly #waiters: Waiter<T>[] = []
  readonly #pace = new Pace(() => this.wake())
  // Calls of wake that are at work, and that came meanwhile.
  #wakes = 0
  #ended = false
  // An object, so that failing with `undefined` differs from not failing. Given to the first waiter only.
  #failure: { readonly error: unknown } | undefined

  constructor(source: MessageSource<T>) {
    this.#source = source
  }

  /** Says that the source may have items. */
  wake(): void {
    // Taking may make more arrive, and so call again: the one at work goes round once more, in order.
    if (this.#wakes++ > 0) return
    try {
      for (; this.#wakes > 0; this.#wakes--) {
        this.#wakes = 1
        this.#giveToWaiters()
      }
    } finally {
      this.#wakes = 0
    }
  }

  /** Says that the source will get no more items, and why if that is an error. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    this.wake()
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#waiters.length === 0 && this.#pace.mayGive()) {
      const value = this.#source?.take()
      if (value !== undefined) return Promise.resolve({ value, done: false })
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (this.#ended && !this.#pace.isHeld) this.#settleWaiters()
    })
  }

  /** Ends the loop with an error, at once: what is there stays there. */
  abort(error: unknown): void {
    this.#leave({ error })
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#leave(undefined)
    return Promise.resolve({ value: undefined, done: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #giveToWaiters(): void {
    while (this.#waiters.length > 0 && this.#pace.mayGive()) {
      const value = this.#source?.take()
      if (value === undefined) break
      this.#waiters.shift()?.resolve({ value, done: false })
    }
    if (this.#ended && !this.#pace.isHeld) this.#settleWaiters()
  }

  #leave(failure: { readonly error: unknown } | undefined): void {
    const source = this.#source
    this.#source = undefined
    this.#ended = true
    this.#failure = failure
    this.#settleWaiters()
    source?.release()
  }

  #settleWaiters(): void {
    for (const waiter of this.#waiters.splice(0)) {
      const failure = this.#failure
      this.#failure = undefined
      if (failure === undefined) waiter.resolve({ value: undefined, done: true })
      else waiter.reject(failure.error)
    }
  }
}
