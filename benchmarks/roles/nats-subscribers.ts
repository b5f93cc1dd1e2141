import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Topic } from '../../lib/index.js'
import { nats } from '../../lib/nats.js'
import { RING_LENGTH } from '../harness/measure/messages.js'
import { expose } from '../harness/process/expose.js'

// Many subscribers, each with a connection of its own.

/** How messages travel: each as a message of NATS, or as a topic sends them. */
export type Way = 'plain' | 'topic'

const SUBJECT = 'fan-out'
// Connections that are opened at once.
const AT_ONCE = 50

class Subscriber {
  onFinished: () => void = () => undefined
  onFault: (fault: Error) => void = () => undefined
  expected = 0
  #count = 0
  readonly #connection: NatsConnection
  #topic: Topic | undefined

  constructor(connection: NatsConnection) {
    this.#connection = connection
  }

  async subscribe(way: Way, id: string): Promise<void> {
    if (way === 'plain') {
      this.#connection.subscribe(SUBJECT, { callback: (_error, { data }) => this.#take(data) })
      await this.#connection.flush()
    } else {
      this.#topic = new Topic(nats(this.#connection, { id }), SUBJECT)
      this.#topic.on('gap', (_from, pieces) => this.onFault(new Error(`${pieces} pieces are lost`)))
      await this.#topic.start()
      void this.#read(this.#topic)
    }
  }

  async close(): Promise<void> {
    await this.#topic?.close()
    await this.#connection.close()
  }

  async #read(topic: Topic): Promise<void> {
    for await (const batch of topic.readBatches()) for (const { data } of batch) this.#take(data)
  }

  #take(message: Uint8Array): void {
    if (message[0] !== this.#count++ % RING_LENGTH)
      this.onFault(new Error('A message is not the one that should have come'))
    if (this.#count !== this.expected) return
    this.#count = 0
    this.onFinished()
  }
}

let subscribers: Subscriber[] = []
let finished: Promise<bigint> | undefined

const functions = {
  /** Opens so many, each of which subscribes. */
  async open(port: number, count: number, way: Way, series: string): Promise<void> {
    for (let i = 0; i < count; i += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - i) }, async (_, at) => {
        const subscriber = new Subscriber(await connect({ servers: `127.0.0.1:${port}` }))
        await subscriber.subscribe(way, `${series}-${i + at}`)
        return subscriber
      })
      subscribers.push(...(await Promise.all(some)))
    }
  },

  /** Expects that each gets so many messages. */
  expect(messages: number): void {
    const all = subscribers.map(
      (subscriber) =>
        new Promise<void>((resolve, reject) => {
          subscriber.expected = messages
          subscriber.onFinished = resolve
          subscriber.onFault = reject
        }),
    )
    finished = Promise.all(all).then(() => process.hrtime.bigint())
    // What is wrong is told by `finished`.
    finished.catch(() => undefined)
  },

  /** Resolves when they have, with the time of the last one. */
  finished(): Promise<bigint> {
    return finished!
  },

  async close(): Promise<void> {
    await Promise.all(subscribers.map((subscriber) => subscriber.close()))
    subscribers = []
  },
}

export type NatsSubscribers = typeof functions

expose(functions)
