/** Iterates over what a reader has, until it has nothing more for now. */
export class ReadIterator<T> implements IterableIterator<T, undefined> {
  // A class: an object with closures costs more than reading a message that is not there yet.
  readonly #reader: { read(): T | undefined }

  constructor(reader: { read(): T | undefined }) {
    this.#reader = reader
  }

  next(): IteratorResult<T, undefined> {
    const value = this.#reader.read()
    return value === undefined ? { done: true, value: undefined } : { done: false, value }
  }

  [Symbol.iterator](): this {
    return this
  }
}
