import { median } from 'simple-statistics'
import type { Contestant, Link, OnMessage, Server } from '../contestants/contestant.js'
import { RING_LENGTH, ringOf } from '../harness/measure/messages.js'
import { Tally } from '../harness/measure/tally.js'
import { expose } from '../harness/process/expose.js'
import { memoryInUse } from '../harness/process/memory-in-use.js'

let contestant: Contestant
const tally = new Tally()
let server: Server | undefined
let link: Link | undefined
let received: Promise<bigint> | undefined
// What the dialling end does with messages, beside counting them.
let onAnswer: OnMessage = () => undefined

const functions = {
  /** Listens, and does with messages what it is told to; answers with the port. */
  async serve(what: 'take' | 'take any' | 'echo'): Promise<number> {
    const handlers: Record<typeof what, OnMessage> = {
      take: tally.take,
      'take any': tally.takeAny,
      echo: (message) => message,
    }
    server = await contestant.serve(handlers[what])
    return server.port
  },

  async dial(port: number): Promise<void> {
    link = await contestant.dial(port, (message) => onAnswer(message))
  },

  /** Says what will come. */
  expect(size: number, count: number, thorough: boolean): void {
    received = tally.expect(size, count, thorough).then(() => process.hrtime.bigint())
  },

  /** Resolves when all of that has come, with the time at which the last of it did. */
  async finished(): Promise<bigint> {
    const time = await received!
    tally.verify()
    return time
  },

  /** Sends messages in turn; resolves with the time at which the first of them went. */
  async send(size: number, count: number): Promise<bigint> {
    const ring = ringOf(size)
    const start = process.hrtime.bigint()
    for (let i = 0; i < count; i++) if (!link!.send(ring[i & (RING_LENGTH - 1)]!)) await link!.drained()
    return start
  },

  /** Sends messages in turn to all who are connected, so many in a tick. */
  async broadcast(size: number, count: number, burst: number): Promise<bigint> {
    const ring = ringOf(size)
    const start = process.hrtime.bigint()
    for (let i = 0; i < count;) {
      let hasRoom = true
      for (const end = i + burst; i < end; i++) hasRoom = server!.send(ring[i & (RING_LENGTH - 1)]!) && hasRoom
      await (hasRoom ? new Promise(setImmediate) : server!.drained())
    }
    return start
  },

  /** Sends a message when the last one has come back, so often; the median of the times, in microseconds. */
  async pingPong(size: number, trips: number, thorough: boolean): Promise<number> {
    const ring = ringOf(size)
    const times: number[] = []
    let sentMs = 0
    const next = (): Buffer => {
      sentMs = performance.now()
      return ring[times.length & (RING_LENGTH - 1)]!
    }
    onAnswer = (message) => {
      times.push(performance.now() - sentMs)
      tally.take(message)
      return times.length < trips ? next() : undefined
    }
    const complete = tally.expect(size, trips, thorough)
    link!.send(next())
    await complete
    tally.verify()
    return median(times) * 1000
  },

  memoryInUse: (): ReturnType<typeof memoryInUse> => memoryInUse(),
}

/** One end of a contestant's connections. */
export type Endpoint = typeof functions

/** Is one end of a contestant's connections, in a process of its own. The name of the contestant is the argument. */
export function playEnd(contestants: readonly Contestant[]): void {
  contestant = contestants.find(({ name }) => name === process.argv[2])!
  expose(functions)
}
