import { EMPTY, greeting, type Report, type Request, requestOf, toMessage } from './wire.js'

/** A run that goes on. */
interface Run extends Request {
  readonly startMs: number
  messages: number
}

/** What the listening end does for one peer: counts messages, or sends them back. */
export class BenchSession {
  readonly #now: () => number
  // Undefined between two runs.
  #run: Run | undefined

  /** @param now The time in milliseconds, by a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** The first message to the peer. */
  readonly greeting: Buffer = greeting()

  /**
   * Takes the next message, and answers the one to send back, if there is any.
   *
   * @throws {Error} If it is not what should come.
   */
  take(message: Buffer): Buffer | undefined {
    const run = this.#run
    if (run === undefined) {
      this.#run = { ...requestOf(message), startMs: this.#now(), messages: 0 }
      return EMPTY
    }
    if (message.length === 0) return this.#end(run)
    if (message.length !== run.size) throw new Error(`expected ${run.size} bytes, got ${message.length}`)
    run.messages++
    return run.run === 'round-trip' ? message : undefined
  }

  #end({ messages, startMs }: Run): Buffer {
    this.#run = undefined
    const report: Report = { messages, startMs, endMs: this.#now() }
    return toMessage(report)
  }
}
