import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Handlers, jsonCodec, type PeerError, PeerNode } from '../../lib/index.js'
import { MemoryDuplex } from '../../lib/transports/memory-duplex.js'
import { Clock } from '../support/clock.js'
import { settled } from '../support/lab.js'
import { check } from '../support/property.js'

/** Something that happens between two nodes. Numbers choose among what there is by then. */
type Step =
  | {
      readonly do: 'ask'
      readonly type: string
      readonly wire: number
      readonly timeoutMs: number
      readonly from: number
    }
  | { readonly do: 'chat' | 'end' | 'close peer'; readonly from: number; readonly wire: number }
  | { readonly do: 'answer' | 'abort' | 'reset'; readonly which: number }
  | { readonly do: 'close'; readonly from: number }
  | { readonly do: 'time'; readonly ms: number }
  | { readonly do: 'wait' }

const WIRES = 3
const side = fc.nat(1)
const wire = fc.nat(WIRES - 1)
const which = fc.nat(20)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      type: fc.constantFrom('now', 'nothing', 'later', 'throw', 'reject', 'back', 'none'),
      wire,
      from: side,
      timeoutMs: fc.constantFrom(10, 50, 1000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('chat' as const), from: side, wire }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('answer' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'close peer' as const), from: side, wire }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const), which: wire }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.constantFrom(5, 20, 200) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
)
const anyProgram = fc.record({
  steps: fc.array(step, { minLength: 5, maxLength: 60 }),
  close: fc.option(side),
})

/** What became of one question. */
interface Asked {
  readonly type: string
  readonly promise: Promise<unknown>
  readonly controller: AbortController
  ends: string[]
}

const CODES = ['ERR_REQUEST_FAILED', 'ERR_PEER_GONE', 'ERR_TIMEOUT', 'ERR_NODE_CLOSED']
const ABORTED = new Error('not wanted any more')

class Run {
  readonly nodes: readonly PeerNode<unknown>[]
  readonly asked: Asked[] = []
  readonly #wires: MemoryDuplex[] = []
  readonly #answers: (() => void)[] = []
  readonly #closing: Promise<void>[] = []
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
    this.nodes = [0, 1].map((i) => {
      const node = new PeerNode<unknown>({ codec: jsonCodec(), closeTimeoutMs: 100, handlers: this.#handlers(i) })
      node.on('error', () => {})
      return node
    })
    for (let i = 0; i < WIRES; i++) {
      const ends = MemoryDuplex.pair()
      this.#wires.push(ends[0])
      this.nodes.forEach((node, side) => node.attach(ends[side]!, { id: `wire ${i}` }))
    }
  }

  #handlers(i: number): Handlers<unknown> {
    const later = (): Promise<string> => new Promise((resolve) => this.#answers.push(() => resolve('later')))
    return {
      now: () => 'now',
      nothing: () => {},
      later,
      throw: () => {
        throw new Error('thrown')
      },
      reject: async () => {
        await later()
        throw new Error('rejected')
      },
      back: async (from, _type, _data, { signal }) =>
        `back ${String(await this.nodes[i]!.request('later', 0, from, { signal, timeoutMs: 30 }))}`,
      chat: () => later(),
    }
  }

  do(next: Step): void | Promise<void> {
    switch (next.do) {
      case 'ask':
        this.#ask(next)
        return
      case 'chat':
        if (this.nodes[next.from]!.peers.has(`wire ${next.wire}`))
          this.nodes[next.from]!.sendMsg('chat', 0, `wire ${next.wire}`)
        return
      case 'end':
        this.nodes[next.from]!.peers.get(`wire ${next.wire}`)?.end()
        return
      case 'close peer':
        void this.nodes[next.from]!.peers.get(`wire ${next.wire}`)?.close()
        return
      case 'answer':
        this.#answers.splice(next.which % Math.max(this.#answers.length, 1), 1)[0]?.()
        return
      case 'abort':
        this.asked[next.which]?.controller.abort(ABORTED)
        return
      case 'reset':
        this.#wires[next.which]!.resetAndDestroy()
        return
      case 'close':
        this.#closing.push(this.nodes[next.from]!.close())
        return
      case 'time':
        this.#clock.advance(next.ms)
        return
      case 'wait':
        return settled()
    }
  }

  #ask({ type, wire, from, timeoutMs }: Step & { do: 'ask' }): void {
    const controller = new AbortController()
    const { signal } = controller
    const promise = this.nodes[from]!.request(type, 0, `wire ${wire}`, { timeoutMs, signal })
    const asked: Asked = { type, promise, controller, ends: [] }
    this.asked.push(asked)
    promise.then(
      (value) => asked.ends.push(`value ${String(value)}`),
      (error: unknown) => asked.ends.push(error === ABORTED ? 'aborted' : `error ${(error as PeerError).code}`),
    )
  }

  /** Answers nothing more, lets all time pass, and closes what is open. */
  async finish(): Promise<void> {
    this.#closing.push(...this.nodes.map((node) => node.close()))
    const closed = Promise.all(this.#closing).then(() => true)
    while (!(await Promise.race([closed, settled()]))) {
      for (const answer of this.#answers.splice(0)) answer()
      await settled()
      this.#clock.advance(20)
    }
    await settled()
  }
}

describe('requests, interleaved at random', () => {
  const clock = new Clock()

  it('are settled exactly once, with what may be, and leave nothing behind', async () => {
    const seen = new Set<string>()
    await check(
      anyProgram,
      async ({ steps, close }) => {
        const run = new Run(clock)
        for (const next of steps) await run.do(next)
        if (close !== null) await run.do({ do: 'close', from: close })
        await run.finish()
        for (const { type, ends, controller } of run.asked) {
          expect(ends, type).to.have.lengthOf(1)
          const [end] = ends
          seen.add(end!)
          const values = { now: 'now', nothing: 'undefined', later: 'later', back: 'back later' }
          const value = values[type as keyof typeof values] as string | undefined
          const may = [...CODES, 'ERR_PEER_UNKNOWN'].map((code) => `error ${code}`)
          expect(end).to.be.oneOf([...may, 'aborted', ...(value === undefined ? [] : [`value ${value}`])])
          expect(getEventListeners(controller.signal, 'abort')).to.be.empty
        }
        // No deadline of a question, and no other timer.
        expect(clock.running).to.equal(0)
        for (const node of run.nodes) expect(node.peers.size).to.equal(0)
      },
      200,
    )
    for (const end of [
      'value now',
      'value later',
      'value back later',
      'aborted',
      ...CODES.map((code) => `error ${code}`),
    ]) {
      expect(seen).to.include(end)
    }
  }).timeout(60_000)
})
