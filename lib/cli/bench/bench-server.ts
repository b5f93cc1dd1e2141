import { constants } from 'node:os'
import { BaseNode, type Peer, tcp, unix } from '../../index.js'
import { cannot } from '../failure.js'
import { humanReporter } from '../human-reporter.js'
import { jsonReporter } from '../json-reporter.js'
import { print } from '../print.js'
import type { Reporter } from '../reporter.js'
import type { Terminal } from '../terminal.js'
import { BenchSession } from './bench-session.js'
import { LONGEST_MESSAGE } from './wire.js'

/** What the listening end may be told. */
export interface BenchServerFlags {
  /** Whether it ends when no peer is left, after the first has come. */
  readonly once?: boolean
  readonly json?: boolean
}

/** The listening end of `lengthwise bench`: takes part in what its peers measure until it is interrupted. */
export class BenchServer {
  readonly #terminal: Terminal
  readonly #flags: BenchServerFlags
  readonly #bind: string
  readonly #node: BaseNode
  readonly #reporter: Reporter
  readonly #sessions = new Map<Peer, BenchSession>()
  // Why a peer was closed that said what it should not.
  readonly #faults = new WeakMap<Peer, Error>()

  /** @throws {TypeError | RangeError} If the endpoint cannot be used. */
  constructor(terminal: Terminal, flags: BenchServerFlags, bind: string) {
    this.#terminal = terminal
    this.#flags = flags
    this.#bind = bind
    this.#node = new BaseNode({ bind, framing: { maxMessageLength: LONGEST_MESSAGE } }, [tcp, unix])
    const printLine = (line: string): void => {
      // That its reader has gone costs no peer anything.
      print(terminal, line).catch(() => undefined)
    }
    this.#reporter = flags.json === true ? jsonReporter(terminal, printLine) : humanReporter(terminal, {})
  }

  async run(): Promise<void> {
    const over = new AbortController()
    this.#terminal.onSignal((signal) => {
      this.#terminal.exitCode = 128 + constants.signals[signal]
      over.abort()
      void this.#node.close()
    })
    this.#report()
    try {
      await this.#node.startServer(undefined, { signal: over.signal }).catch(cannot(`listen at ${this.#bind}`))
    } catch (error) {
      await this.#node.close()
      if (over.signal.aborted) return
      throw error
    }
    for await (const batch of this.#node.readRawBatches()) for (const { data, from } of batch) this.#take(data, from)
  }

  #take(message: Buffer, from: Peer): void {
    try {
      const answer = this.#sessions.get(from)?.take(message)
      if (answer !== undefined) from.send(answer)
    } catch (error) {
      this.#sessions.delete(from)
      // What a session throws.
      this.#faults.set(from, error as Error)
      void from.close()
    }
  }

  #report(): void {
    this.#node
      .on('listening', (address) => this.#reporter.listening(address))
      .on('peer', (peer) => {
        const session = new BenchSession()
        this.#sessions.set(peer, session)
        this.#reporter.joined(peer)
        peer.send(session.greeting)
      })
      .on('disconnect', (peer, reason = this.#faults.get(peer)) => {
        this.#sessions.delete(peer)
        if (reason !== undefined) this.#terminal.exitCode ??= 1
        this.#reporter.left(peer, reason, undefined)
        if (this.#flags.once === true && this.#node.peers.size === 0) void this.#node.close()
      })
      .on('error', (error) => this.#reporter.failed(error))
  }
}
