import { gatherCrowd } from './connections/crowd.js'
import { readRaw } from './contestants/peer-nodes.js'
import { corkedNet, plainNet } from './contestants/plain-net.js'
import { transformPair } from './contestants/transform-pairs.js'
import { webSocket } from './contestants/web-socket.js'
import { calibrate } from './harness/measure/calibrate.js'
import { columnsFor, type Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import { RING_LENGTH } from './harness/measure/messages.js'
import { Kept } from './harness/process/kept.js'

interface Column {
  readonly label: string
  readonly peers: number
}

const SIZE = 256

/** From one to many. */
export const broadcast: Suite = {
  name: 'broadcast',
  title: 'Broadcast',
  about:
    'One sender, many peers, every message to each of them: how many arrive in a second, all peers together. One system ' +
    'call a peer is most of the work; messages of one tick can share it.',
  experiments: (effort) => [telling(1, effort), telling(8, effort)],
}

function telling(burst: number, effort: Effort): Experiment<Column> {
  return {
    id: `broadcast-${burst}`,
    title: `Broadcast of 256 B, ${burst === 1 ? 'one message' : `${burst} messages`} in a tick`,
    unit: { name: 'deliveries/s', better: 'more' },
    axis: 'number of peers',
    columns: columnsFor(effort, { quick: [1000], short: [100, 1000], full: [100, 1000] }).map((peers) => ({
      label: peers.toLocaleString('en'),
      peers,
    })),
    base: webSocket.name,
    rounds: effort.someRounds,
    rows: [
      tellingRow('PeerNode', readRaw.name, burst, effort),
      ...[transformPair, webSocket, plainNet, corkedNet].map(({ name }) => tellingRow(name, name, burst, effort)),
    ],
  }
}

function tellingRow(name: string, contestant: string, burst: number, effort: Effort): Row<Column> {
  const crowd = new Kept(() => gatherCrowd(contestant))
  return {
    name,
    open: async ({ peers }) => {
      const { server, sockets, wire, join, converse, leave } = await crowd.get()
      await leave()
      await join(peers)
      await converse()
      const time = async (rings: number): Promise<number> => {
        await sockets.call.expect(SIZE, rings, wire)
        const start = await server.call.broadcast(SIZE, rings * RING_LENGTH, burst)
        return Number((await sockets.call.finished()) - start) / 1e6
      }
      const rings = await calibrate(time, effort.passMs * 4)
      return { run: async () => (rings * RING_LENGTH * peers * 1000) / (await time(rings)) }
    },
    close: crowd.stop,
  }
}
