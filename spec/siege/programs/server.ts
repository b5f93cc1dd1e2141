// A node that echoes, in a process of its own. Its options come as an argument; it is asked by messages of its parent.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { PeerNode, type PeerNodeOptions } from '../../../lib/index.js'
import type { ServerOptions, ServerReport } from '../../support/siege-process.js'

const { silentHost, bind, ...options } = JSON.parse(process.argv[2]!) as ServerOptions
const refused: Record<string, number> = {}
const warnings: string[] = []

const node = new PeerNode({
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
} satisfies PeerNodeOptions)
node.addHandler(0, (from, _type, data) => void from.send(data))

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
process.on('message', () => {
  const loopDelayMs = delay.percentile(99) / 1e6
  const { rss } = process.memoryUsage()
  process.send!({ peers: node.peers.size, refused, warnings, loopDelayMs, rss } satisfies ServerReport)
})
const addresses = []
// Room for those that come at once: what finds none tries again, a second later, then two, then four.
for (const endpoint of bind) addresses.push(await node.startServer(endpoint, { backlog: 4096 }))
process.send!(addresses)

function reasonIn(sentence: string): string | undefined {
  if (!sentence.startsWith('Refused')) return undefined
  if (sentence.includes('open files')) return 'file-limit'
  if (sentence.includes('are the most')) return 'max-peers'
  if (sentence.includes('others came')) return 'max-pending'
  if (sentence.includes('more often')) return 'connection-rate'
  return sentence.includes('no answer within') ? 'timeout' : 'another'
}
