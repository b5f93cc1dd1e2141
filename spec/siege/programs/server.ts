// A node, in a process of its own. Its options come as an argument; it is asked by messages of its parent.
import { createHash } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { jsonCodec, type Peer, PeerError, PeerNode, type PeerNodeOptions } from '../../../lib/index.js'
import type {
  BroadcastOrder,
  BroadcastReport,
  Departure,
  ServerOptions,
  ServerReport,
} from '../../support/siege-process.js'

const CRAWL_MS = 100
const LOOK_MS = 20
const BROADCAST_MESSAGE = Buffer.alloc(65_536, 'broadcast')

const { silentHost, bind, does = 'echo', ...options } = JSON.parse(process.argv[2]!) as ServerOptions
const refused: Record<string, number> = {}
const warnings: string[] = []
const departures: Departure[] = []
const hash = createHash('sha256')
const taken = { messages: 0, bytes: 0 }

const settings = {
  ...options,
  // Does not decide about those of one host.
  ...(silentHost !== undefined && {
    goodPeer: ({ address }) => address.host !== silentHost || new Promise<boolean>(() => {}),
  }),
  logger: {
    warn: (...values: readonly unknown[]) => {
      const sentence = String(values.at(-1))
      const reason = reasonIn(sentence)
      if (reason === undefined) warnings.push(sentence)
      else refused[reason] = (refused[reason] ?? 0) + 1
    },
  },
} satisfies PeerNodeOptions
const node = does === 'ponder' ? new PeerNode({ ...settings, codec: jsonCodec() }) : new PeerNode(settings)

const cameMs = new WeakMap<Peer, number>()
node.on('peer', (peer) => cameMs.set(peer, performance.now()))
node.on('disconnect', (peer, reason) => {
  const { phase, limit } = reason instanceof PeerError ? reason : {}
  const { code } = (reason ?? {}) as NodeJS.ErrnoException
  departures.push({ code, phase, limit, afterMs: performance.now() - cameMs.get(peer)! })
})

if (does === 'echo') node.addHandler(0, (from, _type, data) => void from.send(data as Buffer))
else if (does === 'ponder') node.addHandler('question', () => new Promise(() => {}))
else void read()

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const addresses = []
// Room for those that come at once: what finds none tries again, a second later, then two, then four.
for (const endpoint of bind) addresses.push(await node.startServer(endpoint, { backlog: 4096 }))
gc!()
const first = process.memoryUsage()
const most = { rss: 0, used: 0 }
setInterval(() => {
  const now = process.memoryUsage()
  most.rss = Math.max(most.rss, now.rss - first.rss)
  most.used = Math.max(most.used, usedOf(now) - usedOf(first))
}, LOOK_MS)
delay.reset()
process.on('message', (asked: string | BroadcastOrder) => {
  if (typeof asked === 'object') void broadcast(asked.broadcast).then((report) => process.send!(report))
  else process.send!(report(asked === 'collect'))
})
process.send!(addresses)

async function read(): Promise<void> {
  for await (const { data } of node.readRaw()) {
    taken.messages++
    taken.bytes += data.length
    if (data.length > 0) hash.update(data)
    if (does === 'crawl') await setTimeout(CRAWL_MS)
  }
}

async function broadcast(bytes: number): Promise<BroadcastReport> {
  const startedMs = performance.now()
  for (let sent = 0; sent < bytes; sent += BROADCAST_MESSAGE.length) {
    if (!node.send(BROADCAST_MESSAGE)) await node.drained()
  }
  await node.drained()
  return { tookMs: performance.now() - startedMs }
}

// @param isCollected Whether memory that is garbage is given back first.
function report(isCollected: boolean): ServerReport {
  if (isCollected) gc!()
  const now = process.memoryUsage()
  return {
    peers: node.peers.size,
    paused: Array.from(node.peers.values()).filter(({ stats }) => stats.paused > 0).length,
    refused,
    warnings,
    departures,
    taken: { ...taken, hash: hash.copy().digest('hex') },
    loopDelayMs: delay.percentile(99) / 1e6,
    mostLoopDelayMs: delay.max / 1e6,
    rss: now.rss,
    memory: {
      buffers: now.arrayBuffers - first.arrayBuffers,
      used: usedOf(now) - usedOf(first),
      mostRss: most.rss,
      mostUsed: most.used,
    },
  }
}

// What V8 and its buffers use: those are part of what is external.
function usedOf({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external
}

function reasonIn(sentence: string): string | undefined {
  if (!sentence.startsWith('Refused')) return undefined
  if (sentence.includes('open files')) return 'file-limit'
  if (sentence.includes('are the most')) return 'max-peers'
  if (sentence.includes('others came')) return 'max-pending'
  if (sentence.includes('more often')) return 'connection-rate'
  return sentence.includes('no answer within') ? 'timeout' : 'another'
}
