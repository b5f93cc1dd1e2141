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
 */
export class MessageIterator<T> implements AsyncIteratorObject<T, undefined> {
  // Undefined after return(): what is still there is not ours to take.
  #source: MessageSource<T> | undefined
  readonly #waiters: Waiter<T>[] = []
  #ended = false
  // Boxed, since a stream may be destroyed with any value. Told once, to the first reader that gets there.
  #failure: { readonly error: unknown } | undefined

  constructor(source: MessageSource<T>) {
    this.#source = source
  }

  /** Says that the source may have items. */
  wake(): void {
    while (this.#waiters.length > 0) {
      const value = this.#source?.take()
      if (value === undefined) return
      this.#waiters.shift()?.resolve({ value, done: false })
    }
  }

  /** Says that the source will get no more items, and why if that is an error. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#ended) return
    this.wake()
    this.#ended = true
    this.#failure = failure
    this.#settleWaiters()
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.#waiters.length === 0 ? this.#source?.take() : undefined
    if (value !== undefined) return Promise.resolve({ value, done: false })
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (this.#ended) this.#settleWaiters()
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
