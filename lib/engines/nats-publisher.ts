import { randomUUID } from 'node:crypto'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { mayPass, persist } from './nats-persist.js'

/**
 * Offers pieces to a stream until it has taken them. One at a time for each subject: of several on their way, one that is
 * offered again would be overtaken by the others.
 */
export class JetStreamPublisher {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #stream: string
  // The last piece of each subject that waits.
  readonly #last = new Map<string, Promise<void>>()
  // By its id, the stream knows a piece again that it has taken though its answer was lost.
  readonly #series: string = randomUUID()
  #count = 0

  constructor(connection: NatsConnection, manager: JetStreamManager, stream: string) {
    this.#connection = connection
    this.#manager = manager
    this.#stream = stream
  }

  publish(subject: string, piece: Uint8Array): Promise<void> {
    const offered = this.#offerBehind(this.#last.get(subject), subject, piece).finally(() => {
      if (this.#last.get(subject) === offered) this.#last.delete(subject)
    })
    this.#last.set(subject, offered)
    return offered
  }

  async #offerBehind(before: Promise<void> | undefined, subject: string, piece: Uint8Array): Promise<void> {
    // What became of that one, its publisher is told.
    await before?.catch(() => undefined)
    const msgID = `${this.#series}-${this.#count++}`
    await persist(this.#connection, async () => {
      try {
        await this.#manager.jetstream().publish(subject, piece, { msgID })
      } catch (error) {
        // Where nothing answers, the stream has no leader for now, or it is gone, which this tells.
        if (mayPass(error)) await this.#manager.streams.info(this.#stream)
        throw error
      }
    })
  }
}
