import type { RecordableHistogram } from 'node:perf_hooks'
import type { Peer } from '../../index.js'
import type { Pace } from './pace.js'
import { EMPTY, type Report, reportOf, type RunKind, toMessage } from './wire.js'

interface Waiting {
  resolve(message: Buffer): void
  reject(error: Error): void
}

/** How long an answer may take, in milliseconds. */
export const ANSWER_TIMEOUT_MS = 10_000

/** One connection of the dialling end, on which one thing happens at a time. */
export class BenchLine {
  readonly #peer: Peer
  readonly #drained: () => Promise<boolean>
  readonly #timer: NodeJS.Timeout
  // Messages that came before they were waited for.
  readonly #answers: Buffer[] = []
  #waiting: Waiting | undefined
  #failure: Error | undefined

  /** @param drained Resolves when the peer has room, with `false` when it has gone. */
  constructor(peer: Peer, drained: () => Promise<boolean>) {
    this.#peer = peer
    this.#drained = drained
    // One for all answers: a round trip is short, and to start a timer for each is not.
    this.#timer = setTimeout(() => {
      if (this.#waiting !== undefined) this.fail(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`))
    }, ANSWER_TIMEOUT_MS)
  }

  /** Takes a message that the peer has sent. */
  take(message: Buffer): void {
    if (this.#waiting === undefined) this.#answers.push(message)
    else this.#waiting.resolve(message)
    this.#waiting = undefined
  }

  /** From now on nothing goes on here, for this reason. */
  fail(reason: Error): void {
    clearTimeout(this.#timer)
    this.#failure ??= reason
    this.#waiting?.reject(this.#failure)
    this.#waiting = undefined
  }

  /** The next message of the peer. Rejects with the reason for which there will be none. */
  answer(): Promise<Buffer> {
    const message = this.#answers.shift()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    this.#timer.refresh()
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
  }

  /** Sends as fast as the peer takes it. @param startPace Called when the first message may go. */
  async sendOneWay(size: number, startPace: () => Pace): Promise<Report> {
    const message = Buffer.alloc(size)
    await this.#begin('one-way', size)
    const pace = startPace()
    let sent = 0
    for (; !pace.isOver(sent); sent++) if (!this.#peer.send(message)) await this.#room()
    return this.#end(sent)
  }

  /** Sends a message when the last one has come back. @param times Gets the nanoseconds of each round trip. */
  async sendRoundTrips(size: number, startPace: () => Pace, times: RecordableHistogram): Promise<Report> {
    const message = Buffer.alloc(size)
    await this.#begin('round-trip', size)
    const pace = startPace()
    let sent = 0
    for (; !pace.isOver(sent); sent++) {
      const startMs = performance.now()
      this.#peer.send(message)
      const { length } = await this.answer()
      // The least that can be recorded is one.
      times.record(Math.max(1, Math.round((performance.now() - startMs) * 1e6)))
      if (length !== size) throw new Error(`expected ${size} bytes back, got ${length}`)
    }
    return this.#end(sent)
  }

  async #begin(run: RunKind, size: number): Promise<void> {
    this.#peer.send(toMessage({ run, size }))
    const { length } = await this.answer()
    if (length !== 0) throw new Error(`expected an empty message, got ${length} bytes`)
  }

  async #end(sent: number): Promise<Report> {
    this.#peer.send(EMPTY)
    const report = reportOf(await this.answer())
    if (report.messages !== sent) throw new Error(`${report.messages} of ${sent} messages have arrived`)
    return report
  }

  async #room(): Promise<void> {
    if (await this.#drained()) return
    // The peer has gone, and the reason comes where its answer would.
    this.#answers.splice(0)
    await this.answer()
  }
}
