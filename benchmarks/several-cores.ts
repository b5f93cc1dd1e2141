// How many messages a second one process takes, and how many two workers of node:cluster take that share a port. All come from
// one more process, whose sockets write what was made beforehand. Run it by: npx tsx benchmarks/several-cores.ts
import { fork } from 'node:child_process'
import cluster from 'node:cluster'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { median } from 'simple-statistics'
import { encodeFrame, PeerNode } from '../lib/index.js'
import { drained } from './contestants/drained.js'
import { ringOf } from './harness/measure/messages.js'
import { Line } from './roles/line.js'

interface Load {
  readonly size: number
  /** On each connection, in a round. */
  readonly messages: number
  readonly handle: (message: Buffer) => unknown
}

const LOADS = {
  counted: { size: 64, messages: 640_000, handle: () => undefined },
  hashed: { size: 1024, messages: 40_000, handle: (message) => createHash('sha256').update(message).digest() },
} as const satisfies Record<string, Load>
const ROUNDS = 11
const CONNECTIONS = 4
const MESSAGES_IN_A_WRITE = 64
const END = encodeFrame(Buffer.alloc(0))

type LoadName = keyof typeof LOADS

const [, , role, name = 'counted'] = process.argv
if (role === 'serve') await serve(LOADS[name as LoadName], process.argv[4] === 'alone')
else for (const load of ['counted', 'hashed'] as const) await compare(load)

/** Handles messages, and answers an empty one, here or in two workers. */
async function serve({ handle }: Load, alone: boolean): Promise<void> {
  process.once('disconnect', () => process.exit())
  if (cluster.isPrimary && !alone) {
    const workers = [cluster.fork(), cluster.fork()]
    const [[port]] = (await Promise.all(workers.map((worker) => once(worker, 'message')))) as [[number]]
    process.send!(port)
    return
  }
  const node = new PeerNode()
  const { port } = await node.startServer({ host: '127.0.0.1', port: 0 })
  process.send!(port)
  for await (const batch of node.readRawBatches()) {
    for (const { data, from } of batch) {
      if (data.length === 0) from.send(data)
      else handle(data)
    }
  }
}

async function compare(name: LoadName): Promise<void> {
  const contestants = await Promise.all([contestant(name, true), contestant(name, false)])
  const rates: number[][] = [[], []]
  for (let round = -2; round < ROUNDS; round++) {
    for (const [i, run] of contestants.entries()) {
      const rate = await run()
      // The first two rounds are for the compiler.
      if (round >= 0) rates[i]!.push(rate)
    }
  }
  const [one, two] = rates.map((each) => Math.round(median(each))) as [number, number]
  const ratio = median(rates[1]!.map((rate, round) => rate / rates[0]![round]!))
  console.log(`${name}: one process ${one}/s, two workers ${two}/s, ${ratio.toFixed(2)} times as many`)
  for (const run of contestants) run.stop()
}

type Run = (() => Promise<number>) & { stop(): void }

async function contestant(name: LoadName, alone: boolean): Promise<Run> {
  const child = fork(process.argv[1]!, ['serve', name, alone ? 'alone' : 'shared'])
  const [port] = (await once(child, 'message')) as [number]
  const lines = Array.from({ length: CONNECTIONS }, () => new Line(port))
  for (const line of lines) await line.connected()
  const { size, messages } = LOADS[name]
  const ring = ringOf(size)
  const bytes = Buffer.concat(
    Array.from({ length: MESSAGES_IN_A_WRITE }, (_, i) => encodeFrame(ring[i % ring.length]!)),
  )
  const run = async (): Promise<number> => {
    const start = performance.now()
    await Promise.all(lines.map((line) => flood(line, bytes, messages / MESSAGES_IN_A_WRITE)))
    return (CONNECTIONS * messages * 1000) / (performance.now() - start)
  }
  return Object.assign(run, { stop: () => child.disconnect() })
}

/** Resolves when all of that was handled. */
async function flood(line: Line, bytes: Buffer, writes: number): Promise<void> {
  for (let i = 0; i < writes; i++) if (!line.socket.write(bytes)) await drained(line.socket)
  const answered = line.answered()
  line.socket.write(END)
  await answered
}
