import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { type Endpoint, encodeFrame, type Peer, PeerNode, type PeerNodeOptions } from '../../lib/index.js'
import { MemoryDuplex } from '../../lib/transports/memory-duplex.js'

/** Something that a program does to one of its nodes. Numbers choose among the nodes and peers that there are by then. */
type Step =
  | { readonly do: 'connect'; readonly from: number; readonly to: number }
  | { readonly do: 'attach'; readonly from: number; readonly to: number }
  | {
      readonly do: 'send' | 'sendRaw' | 'sendLong'
      readonly node: number
      readonly peer: number
      readonly length: number
    }
  | { readonly do: 'broadcast' | 'broadcastRaw'; readonly node: number; readonly length: number }
  | { readonly do: 'end' | 'closePeer'; readonly node: number; readonly peer: number }
  | { readonly do: 'reset'; readonly wire: number }
  | { readonly do: 'close'; readonly node: number }
  | { readonly do: 'wait'; readonly turns: number }

/** How many nodes a program has. */
export const NODES = 3
const index = fc.nat({ max: 7 })
const length = fc.oneof({ weight: 6, arbitrary: fc.nat(40) }, fc.nat(3000), fc.nat(200_000))
const node = fc.nat({ max: NODES - 1 })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), from: node, to: node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('attach' as const), from: node, to: node }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('send' as const, 'sendRaw' as const), node, peer: index, length }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sendLong' as const), node, peer: index, length }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('broadcast' as const, 'broadcastRaw' as const), node, length }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'closePeer' as const), node, peer: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const), wire: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), node }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(4) }) },
)

/** A program: what is done, in order, and whether each of its nodes reads by a loop, by handlers, or slowly. */
export interface Program {
  readonly readers: readonly ('loop' | 'batches' | 'slow loop' | 'handlers' | 'slow handlers')[]
  readonly steps: readonly Step[]
}

/** Any program. */
export const anyProgram: fc.Arbitrary<Program> = fc.record({
  readers: fc.tuple(
    ...Array.from({ length: NODES }, () =>
      fc.constantFrom(
        'loop' as const,
        'batches' as const,
        'slow loop' as const,
        'handlers' as const,
        'slow handlers' as const,
      ),
    ),
  ),
  steps: fc.array(step, { minLength: 4, maxLength: 30 }),
})

/** What became of one peer of one node. */
interface Fate {
  readonly peer: Peer
  /** What was sent to it and taken, in order: names of messages. */
  readonly sent: string[]
  /** What came from it. */
  readonly got: string[]
  left: number
  reason: Error | undefined
}

/**
 * Runs a program, closes all of its nodes, and says what is wrong: nothing is lost, doubled or reordered on a clean close,
 * each peer leaves once, and what did not arrive was told.
 *
 * @param options For all nodes, or for each of them.
 */
export async function faultsOf(
  program: Program,
  endpoint: () => Endpoint,
  options: PeerNodeOptions | ((node: number) => PeerNodeOptions) = {},
): Promise<string[]> {
  const run = new Run(program, endpoint, typeof options === 'function' ? options : () => options)
  await run.start()
  for (const next of program.steps) await run.do(next)
  await run.finish()
  return run.faults()
}

class Run {
  readonly #nodes: PeerNode[]
  readonly #records: Map<Peer, Fate>[]
  readonly #reading: Promise<void>[] = []
  readonly #pending: Promise<unknown>[] = []
  readonly #wires: MemoryDuplex[] = []
  readonly #endpoint: () => Endpoint
  readonly #program: Program
  readonly #faults: string[] = []
  readonly #mayBeTurnedAway: boolean
  #number = 0

  constructor(program: Program, endpoint: () => Endpoint, options: (node: number) => PeerNodeOptions) {
    this.#program = program
    this.#endpoint = endpoint
    this.#mayBeTurnedAway = endpoint() !== 'memory:'
    this.#nodes = program.readers.map(
      (_, i) => new PeerNode({ inboundLimit: 20_000, closeTimeoutMs: 4000, ...options(i) }),
    )
    this.#records = this.#nodes.map(() => new Map<Peer, Fate>())
  }

  async start(): Promise<void> {
    for (const [i, node] of this.#nodes.entries()) {
      const records = this.#records[i]!
      node.on('peer', (peer) => {
        if (records.has(peer)) this.#faults.push(`peer ${peer.id} joined twice`)
        records.set(peer, { peer, sent: [], got: [], left: 0, reason: undefined })
        // Tells both sides whom they talk to, as the first message.
        this.#send(i, peer, (message) => peer.send(message), 0)
      })
      node.on('disconnect', (peer, reason) => {
        const record = records.get(peer)
        if (record === undefined) return this.#faults.push(`peer ${peer.id} left and never joined`)
        record.left++
        record.reason = reason
        return undefined
      })
      node.on('error', (error) => this.#faults.push(`error: ${error.message}`))
      await node.startServer(this.#endpoint())
      this.#read(i)
    }
  }

  #read(i: number): void {
    const node = this.#nodes[i]!
    const reader = this.#program.readers[i]!
    const got = (from: Peer, data: Uint8Array): void => {
      const text = Buffer.from(data).toString('latin1')
      const name = text.slice(0, text.indexOf(';') + 1)
      const record = this.#records[i]!.get(from)
      if (record === undefined) this.#faults.push(`message of a stranger: ${name}`)
      else record.got.push(name)
      if (!text.endsWith('.'.repeat(Math.min(5, text.length - name.length))))
        this.#faults.push(`message was damaged: ${name}`)
    }
    if (reader === 'handlers') node.addHandler(0, (from, _type, data) => got(from, data))
    if (reader === 'slow handlers') {
      node.addHandler(0, async (from, _type, data) => {
        await setImmediate()
        got(from, data)
      })
    }
    if (reader === 'loop' || reader === 'slow loop') {
      this.#reading.push(
        (async () => {
          for await (const { data, from } of node.readRaw()) {
            got(from, data)
            if (reader === 'slow loop') await setImmediate()
          }
        })(),
      )
    }
    if (reader === 'batches') {
      this.#reading.push(
        (async () => {
          for await (const batch of node.readRawBatches()) for (const { data, from } of batch) got(from, data)
        })(),
      )
    }
  }

  async do(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect': {
        const to = this.#nodes[step.to]!.address
        if (to !== undefined) this.#later(this.#nodes[step.from]!.connectTo(to))
        break
      }
      case 'attach': {
        const [near, far] = MemoryDuplex.pair()
        this.#wires.push(near, far)
        for (const [i, duplex] of [
          [step.from, near],
          [step.to, far],
        ] as const) {
          try {
            this.#nodes[i]!.attach(duplex)
          } catch {
            duplex.destroy()
          }
        }
        break
      }
      case 'send':
      case 'sendRaw':
      case 'sendLong': {
        const peer = this.#peer(step.node, step.peer)
        if (peer !== undefined) this.#sendOne(step.do, step.node, peer, step.length)
        break
      }
      case 'broadcast':
      case 'broadcastRaw':
        this.#broadcast(step)
        break
      case 'end':
        this.#peer(step.node, step.peer)?.end()
        break
      case 'closePeer': {
        const peer = this.#peer(step.node, step.peer)
        if (peer !== undefined) this.#later(this.#nodes[step.node]!.closePeer(peer))
        break
      }
      case 'reset':
        this.#wires[step.wire]?.resetAndDestroy()
        break
      case 'close':
        this.#later(this.#nodes[step.node]!.close())
        break
      case 'wait':
        for (let i = 0; i < step.turns; i++) await setImmediate()
    }
  }

  async finish(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()))
    await Promise.all(this.#reading)
    await Promise.all(this.#pending)
  }

  faults(): string[] {
    const records = this.#records.flatMap((map, i) => Array.from(map.values(), (record) => ({ ...record, i })))
    for (const { got } of records) if (new Set(got).size < got.length) this.#faults.push('a message came twice')
    for (const { peer, left, i } of records)
      if (left !== 1) this.#faults.push(`peer ${i}/${peer.id} left ${left} times`)
    for (const [i, node] of this.#nodes.entries())
      if (node.peers.size > 0) this.#faults.push(`node ${i} has peers left`)
    const droppedIn = (all: typeof records): number => all.reduce((sum, { peer }) => sum + peer.stats.dropped, 0)
    let untold = 0
    for (const sender of records) {
      const remote = records.find(({ got }) => got.some((name) => name.startsWith(`${sender.i}/${sender.peer.id}:`)))
      const got = remote?.got ?? []
      const places = got.map((name) => sender.sent.indexOf(name))
      if (places.includes(-1)) this.#faults.push(`${sender.peer.id} got what it was not sent`)
      if (places.some((place, at) => place < (places[at - 1] ?? -1)))
        this.#faults.push(`${sender.peer.id} got its messages out of order`)
      const missing = sender.sent.length - got.length
      if (missing === 0 || sender.reason !== undefined || remote?.reason !== undefined) continue
      // A node that was closing has turned the connection away, and had ended it when the bytes came.
      if (remote === undefined && sender.got.length === 0 && this.#mayBeTurnedAway) continue
      untold += missing
      if (remote !== undefined && missing > sender.peer.stats.dropped + remote.peer.stats.dropped) {
        const what = sender.sent.filter((name) => !got.includes(name)).join(' ')
        this.#faults.push(
          `${sender.i}/${sender.peer.id} -> ${remote.i}: ${missing} of ${sender.sent.length} lost, not told: ${what}`,
        )
      }
    }
    const strangers = records.some(({ reason }) => reason !== undefined)
    if (untold > droppedIn(records) && !strangers)
      this.#faults.push(`${untold} messages lost, ${droppedIn(records)} told`)
    for (const { reason } of records)
      if (reason !== undefined && !this.#isExpected(reason)) this.#faults.push(`left: ${reason.message}`)
    return this.#faults
  }

  #sendOne(how: 'send' | 'sendRaw' | 'sendLong', i: number, peer: Peer, extra: number): void {
    const node = this.#nodes[i]!
    this.#send(
      i,
      peer,
      (message) => {
        if (how === 'send') node.send(message, peer)
        else if (how === 'sendRaw') peer.sendRaw(encodeFrame(message))
        else this.#later(node.sendLong(longOf(message), peer))
      },
      extra,
    )
  }

  #broadcast({ do: how, node: i, length }: Extract<Step, { readonly do: 'broadcast' | 'broadcastRaw' }>): void {
    const name = `${i}/all:${++this.#number};`
    const message = Buffer.from(name + '.'.repeat(length))
    const node = this.#nodes[i]!
    for (const { peer, sent } of this.#records[i]!.values()) if (peer.isOpen) sent.push(name)
    if (how === 'broadcast') node.send(message)
    else node.sendRaw(encodeFrame(message))
  }

  #send(i: number, peer: Peer, send: (message: Buffer) => unknown, extra: number): void {
    const name = this.#name(i, peer, ++this.#number)
    const message = Buffer.from(name + '.'.repeat(extra))
    this.#records[i]!.get(peer)!.sent.push(name)
    send(message)
  }

  #name(i: number, peer: Peer, number: number): string {
    return `${i}/${peer.id}:${number};`
  }

  #peer(i: number, which: number): Peer | undefined {
    const peers = [...this.#records[i]!.keys()]
    return peers[which % Math.max(peers.length, 1)]
  }

  // A reset tears frames apart. Without one, a connection breaks only where a node refuses it, since that one is closing.
  #isExpected(error: Error): boolean {
    const hasReset = this.#program.steps.some((step) => step.do === 'reset')
    const codes = ['ECONNRESET', 'EPIPE', 'ERR_PEER_GONE', ...(hasReset ? ['ERR_FRAME_TRUNCATED'] : [])]
    return codes.includes((error as NodeJS.ErrnoException).code ?? '')
  }

  // What fails because something was closed or reset is told by it.
  #later(promise: Promise<unknown>): void {
    this.#pending.push(promise.catch(() => undefined))
  }
}

function longOf(message: Buffer): AsyncIterable<Uint8Array> & { readonly length: number } {
  return {
    length: message.length,
    async *[Symbol.asyncIterator]() {
      for (let start = 0; start < message.length; start += 10_000) {
        yield message.subarray(start, start + 10_000)
        await setImmediate()
      }
    },
  }
}
