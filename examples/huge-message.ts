/**
 * Sends one message that fits into no memory, over real TCP, while another peer goes on talking.
 *
 *     tsx examples/huge-message.ts [bytes]     8 GiB unless said
 */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { PeerNode, uint64be } from '../lib/index.js'

const MIB = 2 ** 20
const length = Number(process.argv[2] ?? 8192 * MIB)
const framing = { lengthField: uint64be, maxMessageLength: Infinity, streamAbove: MIB }

/** Pieces of random bytes, `length` in all. Each starts with its number, so that none can pass for another. */
function* pieces(): Generator<Uint8Array> {
  const random = randomBytes(MIB)
  for (let at = 0; at < length; at += MIB) {
    const piece = Buffer.from(random.subarray(0, length - at))
    if (piece.length >= 8) piece.writeDoubleLE(at)
    sentSum = crc32(piece, sentSum)
    yield piece
  }
}

async function sumOf(stream: Readable): Promise<number> {
  let sum = 0
  for await (const piece of stream) sum = crc32(piece as Buffer, sum)
  return sum
}

let sentSum = 0
const hub = new PeerNode({ framing })
const connect = await hub.startServer({ port: 0 })
const sender = new PeerNode({ framing, connect })
const talker = new PeerNode({ framing, connect })
await Promise.all([sender.start(), talker.start()])
const [hubOfSender] = sender.peers.values()

const before = process.memoryUsage.rss()
let most = before
let heard = 0
const ticking = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
  talker.send(Buffer.from('still here'))
}, 10)

const startedMs = performance.now()
const sending = sender.sendLong(Object.assign(pieces(), { length }), hubOfSender!)

let receiving: Promise<number> | undefined
for await (const { stream } of hub.readRaw()) {
  if (stream === undefined) heard++
  // Read beside the loop, so that others are heard meanwhile.
  else receiving = sumOf(stream).finally(() => void hub.close())
}
await sending
clearInterval(ticking)

const seconds = (performance.now() - startedMs) / 1000
const isSame = (await receiving) === sentSum
console.log(
  `${length / MIB} MiB in ${seconds.toFixed(1)} s, ${isSame ? 'every byte as it was sent' : 'NOT as it was sent'}`,
)
console.log(
  `memory grew by at most ${Math.round((most - before) / MIB)} MiB; the other peer was heard ${heard} times meanwhile`,
)
await Promise.all([sender.close(), talker.close()])
process.exitCode = isSame ? 0 : 1
