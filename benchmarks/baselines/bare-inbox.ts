import { BareParser } from './bare-parser.js'

type Result = IteratorResult<Buffer, undefined>

/**
 * The least that `for await` over a socket can cost: a promise for each message, and nothing that ends, fails, is full or
 * knows more than one peer.
 */
export class BareInbox implements AsyncIterableIterator<Buffer> {
  readonly #parser = new BareParser((message) => void this.#messages.push(message))
  #messages: Buffer[] = []
  #next = 0
  #reader: ((result: Result) => void) | undefined

  /** Takes the bytes that arrived next. */
  write(chunk: Buffer): void {
    this.#parser.write(chunk)
    const reader = this.#reader
    if (reader === undefined || this.#next === this.#messages.length) return
    this.#reader = undefined
    reader(this.#take())
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Result> {
    if (this.#next < this.#messages.length) return Promise.resolve(this.#take())
    this.#messages = []
    this.#next = 0
    return new Promise((resolve) => (this.#reader = resolve))
  }

  #take(): Result {
    return { done: false, value: this.#messages[this.#next++]! }
  }
}
