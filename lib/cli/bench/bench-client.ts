import { createHistogram } from 'node:perf_hooks'
import { BaseNode, type Peer, tcp, unix } from '../../index.js'
import { cannot, reasonOf } from '../failure.js'
import { BenchLine } from './bench-line.js'
import { type Amount, Pace } from './pace.js'
import { checkGreeting, LONGEST_MESSAGE } from './wire.js'

/** What came through in one direction. */
export interface OneWay {
  readonly messages: number
  /** By the clock of the listening end, from when it was ready to when the last message had come. */
  readonly ms: number
}

/** How long messages took there and back again, in microseconds. */
export interface RoundTrips {
  readonly trips: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
}

// A person who presses Ctrl-C does not want to wait for bytes of which nothing depends.
const CLOSE_TIMEOUT_MS = 1_000

/** Told now and then how much of a run is done, from 0 to 1. */
type OnProgress = (done: number) => void

/** The dialling end of `lengthwise bench`: measures on all of its connections at once. */
export class BenchClient {
  readonly #endpoint: string
  readonly #node = new BaseNode({ framing: { maxMessageLength: LONGEST_MESSAGE }, closeTimeoutMs: CLOSE_TIMEOUT_MS }, [
    tcp,
    unix,
  ])
  readonly #lines = new Map<Peer, BenchLine>()

  constructor(endpoint: string) {
    this.#endpoint = endpoint
    this.#node.on('peer', (peer) => this.#lines.set(peer, new BenchLine(peer, () => this.#node.drained(peer))))
    this.#node.on('disconnect', (peer, reason) => {
      this.#lines.get(peer)?.fail(new Error(`it has left${reason === undefined ? '' : `: ${reasonOf(reason)}`}`))
    })
    // What the node cannot tell otherwise; a peer that fails leaves.
    this.#node.on('error', (error) => this.#fail(error))
  }

  /** Dials so many times. @throws {Error} If nothing listens there, or something else than `lengthwise bench`. */
  async connect(connections: number, signal: AbortSignal): Promise<void> {
    void this.#read()
    const dial = (): Promise<Peer> => this.#node.connectTo(this.#endpoint, { signal })
    await Promise.all(Array.from({ length: connections }, dial)).catch(cannot(`connect to ${this.#endpoint}`))
    await this.#onEachLine(async (line) => checkGreeting(await line.answer())).catch((error: unknown) => {
      // What went wrong was said above it; this says what to do.
      throw new Error(`${reasonOf(error)} (does lengthwise bench --listen run there?)`, { cause: error })
    })
  }

  /** Sends messages of a size as fast as they are taken. @throws {Error} If not all arrive. */
  async oneWay(size: number, amount: Amount, onProgress: OnProgress): Promise<OneWay> {
    const reports = await this.#onEachLine((line) => line.sendOneWay(size, () => new Pace(amount, size, onProgress)))
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
    const startMs = Math.min(...reports.map((report) => report.startMs))
    const endMs = Math.max(...reports.map((report) => report.endMs))
    return { messages: sum(reports.map(({ messages }) => messages)), ms: endMs - startMs }
  }

  /** Sends messages of a size, each when the one before has come back. @throws {Error} If one does not. */
  async roundTrips(size: number, amount: Amount, onProgress: OnProgress): Promise<RoundTrips> {
    const times = createHistogram()
    // The clock is read for every trip anyway.
    const startPace = (): Pace => new Pace(amount, Infinity, onProgress)
    await this.#onEachLine((line) => line.sendRoundTrips(size, startPace, times))
    const us = (ns: number): number => ns / 1000
    return {
      trips: times.count,
      p50Us: us(times.percentile(50)),
      p99Us: us(times.percentile(99)),
      maxUs: us(times.max),
    }
  }

  /** Hangs up. What goes on fails. */
  async close(): Promise<void> {
    this.#fail(new Error('interrupted'))
    await this.#node.close()
  }

  async #onEachLine<T>(work: (line: BenchLine) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from(this.#lines.values(), work)).catch((error: unknown) => {
      throw new Error(`Cannot measure ${this.#endpoint}: ${reasonOf(error)}`, { cause: error })
    })
  }

  async #read(): Promise<void> {
    for await (const batch of this.#node.readRawBatches()) {
      for (const { data, from } of batch) this.#lines.get(from)?.take(data)
    }
  }

  #fail(reason: Error): void {
    for (const line of this.#lines.values()) line.fail(reason)
  }
}
