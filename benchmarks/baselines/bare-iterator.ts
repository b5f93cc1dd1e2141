import { BareParser } from './bare-parser.js'

/**
 * The least that `for await` can cost: a promise that is ready for each message, and nothing that could wait, fail or
 * be left. Whatever parses, JavaScript's own loop and its promises take most of this time.
 */
export class BareIterator implements AsyncIterableIterator<Buffer> {
  readonly #chunks: Iterator<Buffer>
  readonly #parser = new BareParser((message) => void this.#messages.push(message))
  #messages: Buffer[] = []
  #next = 0

  constructor(chunks: Iterable<Buffer>) {
    this.#chunks = chunks[Symbol.iterator]()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    while (this.#next === this.#messages.length) {
      const chunk = this.#chunks.next()
      if (chunk.done === true) return Promise.resolve({ done: true, value: undefined })
      this.#messages = []
      this.#next = 0
      this.#parser.write(chunk.value)
    }
    return Promise.resolve({ done: false, value: this.#messages[this.#next++]! })
  }
}
