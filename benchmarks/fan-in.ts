import { gatherCrowd } from './connections/crowd.js'
import { floodTime } from './connections/flood-time.js'
import { readRaw, readRawBatches } from './contestants/peer-nodes.js'
import { plainNet } from './contestants/plain-net.js'
import { frameStream, transformPair } from './contestants/transform-pairs.js'
import { webSocket } from './contestants/web-socket.js'
import { calibrate } from './harness/measure/calibrate.js'
import { columnsFor, type Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import { Kept } from './harness/process/kept.js'

interface Column {
  readonly label: string
  readonly connections: number
}

const SIZE = 64

/** From many to one. */
export const fanIn: Suite = {
  name: 'fan-in',
  title: 'Fan-in',
  about:
    'Many connections, one receiver that takes the messages of all. The sockets at the other end write what was made ' +
    'beforehand, so that the receiver is the one who is busy. With one message in each write, reading from the sockets is all the work.',
  experiments: (effort) =>
    columnsFor(effort, { quick: [900], short: [900, 1], full: [900, 16, 1] }).map((messages) =>
      merging(messages, effort),
    ),
}

function merging(messages: number, effort: Effort): Experiment<Column> {
  return {
    id: `fan-in-${messages}`,
    title: `Fan-in of 64 B, ${messages === 1 ? 'one message' : `${messages} messages`} in each write`,
    unit: { name: 'messages/s', better: 'more' },
    axis: 'number of connections',
    columns: columnsFor(effort, { quick: [1000], short: [1, 100, 1000], full: [1, 10, 100, 1000] }).map(
      (connections) => ({ label: connections.toLocaleString('en'), connections }),
    ),
    base: webSocket.name,
    rounds: effort.someRounds,
    rows: [
      mergingRow('net, bare parser', plainNet.name, messages, effort),
      ...[transformPair, readRaw, readRawBatches, webSocket, frameStream].map(({ name }) =>
        mergingRow(name, name, messages, effort),
      ),
    ],
  }
}

function mergingRow(name: string, contestant: string, messages: number, effort: Effort): Row<Column> {
  const crowd = new Kept(() => gatherCrowd(contestant))
  return {
    name,
    open: async ({ connections }) => {
      const time = await floodTime(await crowd.get(), connections, SIZE, messages)
      const writes = await calibrate(time, effort.passMs * 4)
      return { run: async () => (connections * messages * writes * 1000) / (await time(writes)) }
    },
    close: crowd.stop,
  }
}
