import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { checkInteger, checkOptions, nameOf } from '../arguments.js'
import type { Bus } from '../topic/bus.js'
import { checkConnection, checkId, MAX_PAYLOAD, type NatsOptions, PREFIX } from './nats.js'
import { JetStreamPublisher } from './nats-publisher.js'
import { JetStreamReader } from './nats-reader.js'
import { makeStream } from './nats-stream.js'
import { tokenOf } from './nats-subject.js'

/** How {@link jetStream} names and keeps things. */
export interface JetStreamOptions extends NatsOptions {
  /** The stream, which is made where there is none; one that is there is taken as it is. @default 'lengthwise' */
  readonly stream?: string | undefined
  /** On how many servers a stream that is made is kept: 1 to 5. @default as many as the cluster has, at most 3 */
  readonly replicas?: number | undefined
}

// How long servers may take to answer before they are asked again: the one that was asked may have died.
const ANSWER_MS = 2000
// Headers of a piece count as a part of it.
const HEADERS_LENGTH = 1024

/**
 * Topics over a stream of NATS JetStream, at least once: a piece that the stream has taken reaches every reader, also where
 * servers die meanwhile, and a piece is offered until the stream takes it. Topics drop what comes twice.
 *
 * A reader gets what is new. One that was gone for less than five minutes, by its id, goes on where it was; what is older than
 * an hour is gone from a stream that was made here, and told as a gap. A topic is the subject `lengthwise.<stream>.<topic>.<id>`.
 *
 * @param connection Of `@nats-io/transport-node`, 3.4 or later. It stays yours: close it when the topics are closed.
 * @throws {TypeError | RangeError} If an option cannot be.
 * @throws What the servers say: that they have no JetStream, or no place for the stream.
 * @example
 * const bus = await jetStream(connection, { id: 'node-17', stream: 'orders' })
 * for await (const { data } of new Topic(bus, 'new').read()) await handle(data) // then it is acknowledged
 */
export async function jetStream(connection: NatsConnection, options: JetStreamOptions): Promise<Bus> {
  checkConnection(connection)
  checkOptions(options, ['id', 'stream', 'replicas'])
  const { id, stream = 'lengthwise', replicas } = options
  checkId(id)
  if (typeof stream !== 'string' || !/^[\w-]+$/.test(stream)) {
    throw new TypeError(`Cannot use stream: expected letters, digits, - and _, got ${nameOf(stream)}`)
  }
  if (replicas !== undefined) checkInteger('replicas', replicas, 1, 5)
  // Only who uses it needs the package.
  const { jetstreamManager } = await import('@nats-io/jetstream')
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS })
  const prefix = `${PREFIX}.${stream}`
  await makeStream(connection, manager, stream, {
    subject: `${prefix}.*.*`,
    replicas: replicas ?? serversOf(connection),
    isAsked: replicas !== undefined,
  })
  return busOver(connection, manager, { id, stream, prefix })
}

function busOver(
  connection: NatsConnection,
  manager: JetStreamManager,
  { id, stream, prefix }: { readonly id: string; readonly stream: string; readonly prefix: string },
): Bus {
  const publisher = new JetStreamPublisher(connection, manager, stream)
  // Topics that are read as this id.
  const read = new Set<string>()
  const maxPayload = connection.info?.max_payload ?? MAX_PAYLOAD
  return {
    name: 'jetStream',
    id,
    maxPieceLength: maxPayload - HEADERS_LENGTH,
    holdsBack: true,
    publish: (topic, piece) => publisher.publish(`${prefix}.${tokenOf(topic)}.${tokenOf(id)}`, piece),
    subscribe: async (topic, onPiece, { group, onEnd }) => {
      const isShared = group !== undefined
      if (!isShared && read.has(topic)) {
        throw new RangeError(`Cannot read topic ${topic} twice as ${id}: make another bus, with an id of its own`)
      }
      // No token has a comma: no two of these names are the same.
      const consumer = [tokenOf(topic), isShared ? 'group' : 'id', tokenOf(group ?? id)].join()
      const subject = `${prefix}.${tokenOf(topic)}.*`
      const place = { stream, consumer, subject, isShared }
      const reader = new JetStreamReader(connection, manager, place, onPiece)
      const source = await reader.open()
      if (!isShared) read.add(topic)
      const running = reader.run(source).finally(() => isShared || read.delete(topic))
      let isClosed = false
      running.then(() => isClosed || onEnd(), onEnd)
      return {
        close: async () => {
          isClosed = true
          reader.close()
        },
      }
    },
  }
}

// As many as make sense: one that is asked for too many is asked for fewer.
function serversOf({ info }: NatsConnection): number {
  return info?.cluster === undefined ? 1 : 3
}
