// A message that is never held in memory, while another peer goes on talking.
//
//     node huge.mjs [MiB]     64 unless you say more
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { PeerNode, uint64be } from 'lengthwise'

const MIB = 2 ** 20
const length = Number(process.argv[2] ?? 64) * MIB
// Four bytes say at most 4 GiB; eight say more than there is.
const framing = { lengthField: uint64be, maxMessageLength: Infinity, streamAbove: MIB }

const hub = new PeerNode({ framing })
const connect = await hub.startServer('tcp://127.0.0.1:0')
const sender = new PeerNode({ framing, connect })
const talker = new PeerNode({ framing, connect })
await Promise.all([sender.start(), talker.start()])
const [peer] = sender.peers.values()

const sums = { sent: 0, received: 0 }
const before = process.memoryUsage.rss()
let most = before
let heard = 0
const talking = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
  talker.send(Buffer.from('still here'))
}, 10)

const startedMs = performance.now()
const sending = sender.sendLong(Object.assign(pieces(), { length }), peer)
for await (const { stream } of hub.readRaw()) {
  if (stream === undefined) heard++
  // Read beside the loop, so that others are heard meanwhile.
  else void receive(stream)
}
await sending
clearInterval(talking)
await Promise.all([sender.close(), talker.close()])

const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
const grown = Math.round((most - before) / MIB)
console.log(`every byte arrived as it was sent: ${sums.sent === sums.received}`)
console.log(`${length / MIB} MiB in ${seconds} s, memory grew by ${grown} MiB; another peer was heard ${heard} times`)
// → every byte arrived as it was sent: true
// → 64 MiB in … s, memory grew by … MiB; another peer was heard … times

/** Random bytes, in pieces. Each piece begins with its place, so that none can pass for another. */
function* pieces() {
  const random = randomBytes(MIB)
  for (let at = 0; at < length; at += MIB) {
    const piece = Buffer.from(random)
    piece.writeDoubleLE(at)
    sums.sent = crc32(piece, sums.sent)
    yield piece
  }
}

async function receive(stream) {
  for await (const piece of stream) sums.received = crc32(piece, sums.received)
  await hub.close()
}
