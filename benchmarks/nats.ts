import { counterparts } from '../spec/support/counterparts.js'
import { NatsServers } from '../spec/support/nats-servers.js'
import { calibrate } from './harness/measure/calibrate.js'
import { columnsFor, type Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import { RING_LENGTH } from './harness/measure/messages.js'
import { Kept } from './harness/process/kept.js'
import { type Child, startChild } from './harness/process/start-child.js'
import type { NatsPublisher } from './roles/nats-publisher.js'
import type { NatsSubscribers, Way } from './roles/nats-subscribers.js'

interface Column {
  readonly label: string
  readonly subscribers: number
}

/** A server, a publisher, and the processes of its subscribers. */
interface Place {
  readonly port: number
  readonly publisher: Child<NatsPublisher>
  readonly subscribers: readonly Child<NatsSubscribers>[]
  stop(): void
}

const SIZE = 128
const PROCESSES = 2
const PUBLISHER = new URL('roles/nats-publisher.ts', import.meta.url)
const SUBSCRIBERS = new URL('roles/nats-subscribers.ts', import.meta.url)

/** From one to many, over a server. */
export const overNats: Suite = {
  name: 'nats',
  title: 'To everybody, over NATS',
  about:
    'One publisher, many subscribers with a connection each, in two processes, one server of NATS between them: how many ' +
    'messages of 128 B arrive in a second, all subscribers together. A topic packs what is sent in a tick into one message of NATS.',
  experiments: (effort) => [fanOut(effort)],
}

function fanOut(effort: Effort): Experiment<Column> {
  return {
    id: 'nats-fan-out',
    title: 'Fan-out of 128 B over NATS',
    unit: { name: 'deliveries/s', better: 'more' },
    axis: 'number of subscribers',
    columns: columnsFor(effort, { quick: [10, 100, 1000], short: [10, 100, 1000], full: [10, 100, 1000] }).map(
      (subscribers) => ({ label: subscribers.toLocaleString('en'), subscribers }),
    ),
    base: 'NATS, one message each',
    rounds: effort.someRounds,
    rows: [fanOutRow('Topic over NATS', 'topic', effort), fanOutRow('NATS, one message each', 'plain', effort)],
  }
}

function fanOutRow(name: string, way: Way, effort: Effort): Row<Column> {
  const place = new Kept(openPlace)
  let series = 0
  return {
    name,
    open: async ({ subscribers: count }) => {
      const { port, publisher, subscribers } = await place.get()
      const share = Math.ceil(count / PROCESSES)
      series++
      await Promise.all(subscribers.map(({ call }, i) => call.open(port, share, way, `${series}-${i}`)))
      const time = async (rings: number): Promise<number> => {
        const messages = rings * RING_LENGTH
        await Promise.all(subscribers.map(({ call }) => call.expect(messages)))
        const start = await publisher.call.publish(way, SIZE, messages)
        const ends = await Promise.all(subscribers.map(({ call }) => call.finished()))
        return Math.max(...ends.map((end) => Number(end - start))) / 1e6
      }
      const rings = await calibrate(time, effort.passMs * 100)
      return {
        run: async () => (rings * RING_LENGTH * share * PROCESSES * 1000) / (await time(rings)),
        close: async () => {
          await Promise.all(subscribers.map(({ call }) => call.close()))
        },
      }
    },
    close: place.stop,
  }
}

async function openPlace(): Promise<Place> {
  const { path } = counterparts.nats
  if (path === undefined) throw new Error('nats-server is not installed')
  const [servers, publisher, ...subscribers] = await Promise.all([
    NatsServers.start(path),
    startChild<NatsPublisher>(PUBLISHER, []),
    ...Array.from({ length: PROCESSES }, () => startChild<NatsSubscribers>(SUBSCRIBERS, [])),
  ])
  const port = servers.ports[0]!
  await publisher.call.open(port)
  return {
    port,
    publisher,
    subscribers,
    stop: () => {
      for (const child of [publisher, ...subscribers]) child.stop()
      void servers.stop()
    },
  }
}
