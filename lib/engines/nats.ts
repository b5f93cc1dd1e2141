import type { NatsConnection } from '@nats-io/transport-node'
import { checkOptions, nameOf } from '../arguments.js'
import type { Bus } from '../topic/bus.js'
import { Confirmation } from './nats-confirmation.js'
import { persist } from './nats-persist.js'
import { publisherIn, tokenOf } from './nats-subject.js'

/** How {@link nats} names things. */
export interface NatsOptions {
  /** Who this process is to the others: the last token of its subjects. No two processes may have the same. */
  readonly id: string
}

/** First token of all subjects. */
export const PREFIX = 'lengthwise'

/** Longest payload, in bytes, of a server that does not say: its own default. */
export const MAX_PAYLOAD = 1_048_576

/**
 * Topics over NATS, at most once: what is on its way while a connection breaks may be lost, which readers are told as a gap and
 * the publisher as `ERR_NOT_PUBLISHED`. A topic is the subject `lengthwise.<topic>.<id>`; permissions for it prove the id.
 *
 * @param connection Of `@nats-io/transport-node`, 3.4 or later. It stays yours: close it when the topics are closed.
 * @throws {TypeError} If there is no connection, or no id.
 * @example
 * const connection = await connect({ servers: ['n1:4222', 'n2:4222'], maxReconnectAttempts: -1 })
 * const prices = new Topic(nats(connection, { id: 'node-17' }), 'prices')
 */
export function nats(connection: NatsConnection, options: NatsOptions): Bus {
  checkConnection(connection)
  checkOptions(options, ['id'])
  const { id } = options
  checkId(id)
  const confirmation = new Confirmation(connection)
  return {
    name: 'nats',
    id,
    maxPieceLength: connection.info?.max_payload ?? MAX_PAYLOAD,
    publish: (topic, piece) => {
      connection.publish(`${PREFIX}.${tokenOf(topic)}.${tokenOf(id)}`, piece)
      return confirmation.confirm()
    },
    subscribe: async (topic, onPiece, { group, onEnd }) => {
      let end: typeof onEnd | undefined = onEnd
      const finish = (reason?: Error): void => {
        end?.(reason)
        end = undefined
      }
      const subscription = connection.subscribe(`${PREFIX}.${tokenOf(topic)}.*`, {
        ...(group !== undefined && { queue: tokenOf(group) }),
        // Not its iterator, which would queue without a limit.
        callback: (error, { data, subject }) => {
          if (error === null) void onPiece(data, publisherIn(subject))
          else finish(error)
        },
      })
      void subscription.closed.then(() => finish())
      // The server knows of it once it has answered what comes behind it.
      await persist(connection, () => connection.flush())
      return {
        close: async () => {
          end = undefined
          subscription.unsubscribe()
        },
      }
    },
  }
}

/** @throws {TypeError} If it is no connection of a NATS client. */
export function checkConnection(connection: unknown): asserts connection is NatsConnection {
  const { publish, flush } = (connection ?? {}) as Partial<NatsConnection>
  if (typeof publish === 'function' && typeof flush === 'function') return
  throw new TypeError(`Cannot use connection: expected a NatsConnection, got ${nameOf(connection)}`)
}

/** @throws {TypeError} If it is no name. */
export function checkId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || id === '') throw new TypeError(`Cannot use id: expected a name, got ${nameOf(id)}`)
}
