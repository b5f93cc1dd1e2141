// A node that sends so many bytes in messages of all lengths, and closes.
import { createHash } from 'node:crypto'
import { PeerNode } from '../../../lib/index.js'
import type { SenderOptions, SenderReport } from '../../support/siege-process.js'

const LONGEST = 200_000

const { host, port, bytes } = JSON.parse(process.argv[2]!) as SenderOptions
const hash = createHash('sha256')
const node = new PeerNode({ sendTimeoutMs: 60_000, closeTimeoutMs: 60_000 })
const peer = await node.connectTo({ host, port })
process.send!('connected')
let sent = 0
for (let i = 0; sent < bytes; i++) {
  const message = Buffer.alloc(Math.min((i * 7919) % LONGEST, bytes - sent), `message ${i}, `)
  hash.update(message)
  sent += message.length
  if (!peer.send(message)) await node.drained(peer)
}
await node.close()
process.send!({ bytes: sent, hash: hash.digest('hex') } satisfies SenderReport)
process.disconnect()
