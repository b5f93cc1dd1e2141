/** Something that is made when it is first needed, is then there for all, and can be stopped. */
export class Kept<T extends { stop(): void }> {
  readonly #create: () => Promise<T>
  #value: Promise<T> | undefined

  constructor(create: () => Promise<T>) {
    this.#create = create
  }

  get(): Promise<T> {
    this.#value ??= this.#create()
    return this.#value
  }

  /** Stops it, if it is there. The next `get` makes a new one. */
  readonly stop = (): void => {
    void this.#value?.then((value) => value.stop())
    this.#value = undefined
  }
}
