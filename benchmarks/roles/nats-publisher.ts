import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Topic } from '../../lib/index.js'
import { nats } from '../../lib/nats.js'
import { RING_LENGTH, ringOf } from '../harness/measure/messages.js'
import { expose } from '../harness/process/expose.js'
import type { Way } from './nats-subscribers.js'

const SUBJECT = 'fan-out'
// A client of NATS has no limit: one that is told of none asks the server so often whether it has taken everything, in bytes.
const UNCONFIRMED = 1_048_576

let connection: NatsConnection | undefined
let topic: Topic | undefined

const functions = {
  async open(port: number): Promise<void> {
    connection = await connect({ servers: `127.0.0.1:${port}` })
    topic = new Topic(nats(connection, { id: 'publisher' }), SUBJECT)
  },

  /** Publishes so many messages of a size; answers with the time at which it began. */
  async publish(way: Way, size: number, messages: number): Promise<bigint> {
    const ring = ringOf(size)
    const start = process.hrtime.bigint()
    let unconfirmed = 0
    for (let i = 0; i < messages; i++) {
      const message = ring[i % RING_LENGTH]!
      if (way === 'topic') {
        if (!topic!.send(message)) await topic!.drained()
        continue
      }
      connection!.publish(SUBJECT, message)
      unconfirmed += size
      if (unconfirmed < UNCONFIRMED) continue
      await connection!.flush()
      unconfirmed = 0
    }
    return start
  },
}

export type NatsPublisher = typeof functions

expose(functions)
