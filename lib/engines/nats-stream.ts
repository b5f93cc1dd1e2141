import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { persist } from './nats-persist.js'

const HOUR_NS = 3_600_000_000_000
// A cluster that has just begun has no place for a stream before it has chosen who leads it.
const PATIENCE_MS = 10_000
// The codes of a server that cannot keep so many replicas: too few servers, and a server alone.
const TOO_MANY_REPLICAS = new Set([10_005, 10_074])
const NAME_IN_USE = 10_058

/** Makes a stream, unless there is one. With fewer replicas where there are too few servers. */
export async function makeStream(
  connection: NatsConnection,
  manager: JetStreamManager,
  stream: string,
  config: { readonly subject: string; readonly replicas: number; readonly isAsked: boolean },
): Promise<void> {
  const { subject, replicas, isAsked } = config
  const untilMs = performance.now() + PATIENCE_MS
  const isOver = (): boolean => performance.now() > untilMs
  const exists = await persist(connection, () => isThere(manager, stream), isOver)
  for (let fewer = replicas; !exists; fewer--) {
    try {
      const settings = { name: stream, subjects: [subject], num_replicas: fewer, max_age: HOUR_NS }
      await persist(connection, () => manager.streams.add(settings), isOver)
      return
    } catch (error) {
      const { code = 0 } = error as { code?: number }
      // Another process was faster.
      if (code === NAME_IN_USE) return
      if (isAsked || fewer === 1 || !TOO_MANY_REPLICAS.has(code)) throw error
    }
  }
}

async function isThere(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream)
    return true
  } catch (error) {
    if ((error as Error).name === 'StreamNotFoundError') return false
    throw error
  }
}
