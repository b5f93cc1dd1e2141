import type { EventEmitter } from 'node:events'

const OWNER: unique symbol = Symbol('owner')

type Handlers<Owner> = Readonly<Record<string, (owner: Owner, value: never) => void>>

/**
 * Listeners that every owner of a stream shares; the stream itself says whose it is. A closure for each event would cost
 * every silent peer 0.1 KiB (benchmarks/footprint.ts).
 */
export class SharedListeners<Owner> {
  readonly #listeners: readonly (readonly [event: string, listener: () => void])[]

  /** @param handlers By the event they are for. They get the owner and what the event tells. */
  constructor(handlers: Handlers<Owner>) {
    this.#listeners = Object.entries(handlers).map(([event, handle]) => [
      event,
      function (this: { [OWNER]: Owner }, value?: never) {
        handle(this[OWNER], value!)
      },
    ])
  }

  /** Makes somebody the owner of a stream, and listens to it. */
  addTo(stream: EventEmitter & { [OWNER]?: Owner }, owner: Owner): void {
    stream[OWNER] = owner
    for (const [event, listener] of this.#listeners) stream.on(event, listener)
  }
}
