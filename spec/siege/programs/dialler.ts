// A node that dials when all files of its process are open, and closes them when that has failed three times.
import { closeSync, openSync } from 'node:fs'
import { type IpAddress, PeerNode } from '../../../lib/index.js'
import type { DiallerReport } from '../../support/siege-process.js'

const address = JSON.parse(process.argv[2]!) as IpAddress
const sentences: string[] = []
const files: number[] = []
const node = new PeerNode({
  logger: { info: (...values: readonly unknown[]) => sentences.push(String(values.at(-1))) },
})
node.on('reconnecting', (_endpoint, attempt) => {
  if (attempt === 3) for (const file of files) closeSync(file)
})
try {
  for (;;) files.push(openSync('/dev/null', 'r'))
} catch {
  // No more.
}
const peer = await node.connectTo(address, { reconnect: { minMs: 20, maxMs: 20 } })
process.send!({ sentences, isOpen: peer.isOpen } satisfies DiallerReport)
await node.close()
process.disconnect()
