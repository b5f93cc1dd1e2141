import { setTimeout } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'

const RETRY_MS = 100

// How the client names what ends when a server has taken over: no answer, nothing that answers yet, and a connection that
// was lost. By name, since only types of the packages are imported.
const PASSING = new Set([
  'TimeoutError',
  'RequestError',
  'NoRespondersError',
  'JetStreamNotEnabled',
  'JetStreamError',
  'JetStreamStatusError',
])

/** Whether what is in the way may be gone when it is tried again: not where a server has refused. */
export function mayPass(error: unknown): boolean {
  const { name = '', status = 0 } = error as { name?: string; status?: number }
  return PASSING.has(name) || status >= 500
}

/**
 * Does work until it succeeds: for as long as the death of a server takes. Gives up when the connection is closed, or `isOver`
 * says so.
 *
 * @throws What was in the way at last, or what a server has refused.
 */
export async function persist<T>(
  connection: NatsConnection,
  work: () => Promise<T>,
  isOver: () => boolean = () => false,
): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (connection.isClosed() || isOver() || !mayPass(error)) throw error
    }
    await setTimeout(RETRY_MS)
  }
}
