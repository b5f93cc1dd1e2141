import { type Crowd, gatherCrowd } from './connections/crowd.js'
import { readRaw } from './contestants/peer-nodes.js'
import { plainNet } from './contestants/plain-net.js'
import { transformPair } from './contestants/transform-pairs.js'
import { webSocket } from './contestants/web-socket.js'
import type { Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import { openFilesLimit } from './harness/process/open-files-limit.js'
import { startChild } from './harness/process/start-child.js'
import type { Keeper } from './roles/keeper.js'

const KEEPER = new URL('roles/keeper.ts', import.meta.url)

type Memory = 'rss' | 'heapUsed'

interface IdleColumn {
  readonly label: string
  readonly memory: Memory
}

// What the first peers cost is the code, and memory that is there for all.
const FIRST_PEERS = 500
const WANTED_PEERS = 5000
// A process has files of its own.
const IDLE_PEERS = Math.min(WANTED_PEERS, openFilesLimit - FIRST_PEERS - 100)

/** What stays in memory. */
export const footprint: Suite = {
  name: 'footprint',
  title: 'Memory',
  about:
    'The memory of the listening process for each peer that has sent one message of 64 bytes and is silent since, and the ' +
    'memory that keeping a message keeps from being freed. What the kernel holds for a connection comes on top, for all alike.',
  experiments: (effort) => [idlePeers(effort), keptMessages()],
}

function idlePeers(effort: Effort): Experiment<IdleColumn> {
  const few = IDLE_PEERS < WANTED_PEERS ? ` (NOT ${WANTED_PEERS}: raise ulimit -n)` : ''
  return {
    id: 'idle-peers',
    title: `Memory per idle peer, ${IDLE_PEERS.toLocaleString('en')} peers${few}`,
    unit: { name: 'bytes/peer', better: 'less' },
    axis: 'kind of memory',
    columns: [
      { label: 'RSS', memory: 'rss' },
      { label: 'JS heap', memory: 'heapUsed' },
    ],
    base: webSocket.name,
    rounds: effort.fewRounds,
    rows: [
      idleRow('PeerNode', readRaw.name),
      idleRow('Transform pair', transformPair.name),
      idleRow(webSocket.name, webSocket.name),
      idleRow('net, bare parser', plainNet.name),
    ],
  }
}

// Each measurement has a process of its own: memory that was taken once is not given back.
function idleRow(name: string, contestant: string): Row<IdleColumn> {
  const measured: Record<Memory, number>[] = []
  return {
    name,
    open: async ({ memory }) => {
      let round = 0
      return {
        run: async () => {
          const found = (measured[round] ??= await memoryOfPeers(contestant))
          round++
          return found[memory]
        },
      }
    },
    close: () => void measured.splice(0),
  }
}

async function memoryOfPeers(contestant: string): Promise<Record<Memory, number>> {
  const crowd: Crowd = await gatherCrowd(contestant)
  try {
    await crowd.join(FIRST_PEERS)
    const before = await crowd.server.call.memoryInUse()
    await crowd.join(IDLE_PEERS)
    const after = await crowd.server.call.memoryInUse()
    return {
      rss: (after.rss - before.rss) / IDLE_PEERS,
      heapUsed: (after.heapUsed - before.heapUsed) / IDLE_PEERS,
    }
  } finally {
    crowd.stop()
  }
}

interface KeptColumn {
  readonly label: string
  readonly oneOf: number
}

function keptMessages(): Experiment<KeptColumn> {
  return {
    id: 'kept-messages',
    title: 'Memory per kept message of 64 B, chunks of 64 KiB',
    unit: { name: 'bytes/message', better: 'less' },
    axis: 'how many of all messages are kept',
    columns: [
      { label: 'one of 1,000', oneOf: 1000 },
      { label: 'one of 100', oneOf: 100 },
      { label: 'all', oneOf: 1 },
    ],
    base: 'views',
    // It counts, and so comes out alike every time.
    rounds: 1,
    rows: [keptRow('views', false), keptRow('copy: true', true)],
  }
}

function keptRow(name: string, copy: boolean): Row<KeptColumn> {
  return { name, open: async ({ oneOf }) => ({ run: () => memoryOfKept(copy, oneOf) }) }
}

async function memoryOfKept(copy: boolean, oneOf: number): Promise<number> {
  const keeper = await startChild<Keeper>(KEEPER, [])
  try {
    return await keeper.call.keep(copy, oneOf)
  } finally {
    keeper.stop()
  }
}
