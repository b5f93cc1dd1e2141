import type { EventEmitter } from 'node:events'

type Handlers<Owner> = Readonly<Record<string, (owner: Owner, value: never) => void>>

/**
 * Listeners that every owner of a stream shares; each stream carries its owner under a symbol. A closure for each event
 * would cost every silent peer 0.1 KiB (benchmarks/footprint.ts).
 */
export class SharedListeners<Owner> {
  readonly #symbol = Symbol('owner')
  readonly #listeners: readonly (readonly [event: string, listener: () => void])[]

  /** @param handlers By the event they are for. They get the owner and what the event tells. */
  constructor(handlers: Handlers<Owner>) {
    const symbol = this.#symbol
    this.#listeners = Object.entries(handlers).map(([event, handle]) => [
      event,
      function (this: { [symbol]?: Owner }, value?: never) {
        // A stream that calls these was given its owner before.
        handle(this[symbol]!, value!)
      },
    ])
  }

  /** Makes a stream's owner known, and listens to it. */
  addTo(stream: EventEmitter, owner: Owner): void {
    Object.assign(stream, { [this.#symbol]: owner })
    for (const [event, listener] of this.#listeners) stream.on(event, listener)
  }

  /** Whether these listen to a stream. */
  has(stream: EventEmitter): boolean {
    return this.#symbol in stream
  }
}
