import type { NatsConnection } from '@nats-io/transport-node'

interface Asked {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/**
 * Tells when the server has what was published: it answers a PING behind that. One PING asks for all that was published while
 * the one before it was on its way.
 */
export class Confirmation {
  readonly #connection: NatsConnection
  // What waits for the answer that is on its way, and for the next one.
  #asked: Asked | undefined
  #next: Asked | undefined

  constructor(connection: NatsConnection) {
    this.#connection = connection
    // The client leaves a PING without an answer when it is closed.
    void connection.closed().then((reason) => this.#asked?.reject(reason ?? new Error('The connection is closed')))
  }

  /** Resolves when the server has everything so far; rejects if the connection was lost before that. */
  confirm(): Promise<void> {
    this.#next ??= newAsked()
    const { promise } = this.#next
    // What is published in the same tick is asked for together.
    if (this.#asked === undefined) queueMicrotask(() => void this.#ask())
    return promise
  }

  async #ask(): Promise<void> {
    while (this.#asked === undefined && this.#next !== undefined) {
      const asked = (this.#asked = this.#next)
      this.#next = undefined
      this.#connection.flush().then(asked.resolve, asked.reject)
      await asked.promise.catch((reason: unknown) => {
        // The client has thrown away what was published since, too.
        this.#next?.reject(reason)
        this.#next = undefined
      })
      this.#asked = undefined
    }
  }
}

function newAsked(): Asked {
  let resolve: () => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<void>((onResolved, onRejected) => {
    resolve = onResolved
    reject = onRejected
  })
  return { promise, resolve, reject }
}
