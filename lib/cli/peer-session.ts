import { readFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { pipeline } from 'node:stream/promises'
import type { BaseNode, FrameOptions } from '../index.js'
import { cannot } from './failure.js'
import { fromHex } from './hex.js'
import { humanReporter } from './human-reporter.js'
import { jsonReporter } from './json-reporter.js'
import { lines } from './lines.js'
import type { MessageFormat } from './message-format.js'
import { output } from './output.js'
import type { Reporter } from './reporter.js'

/** Options that `listen` and `connect` share. */
export interface PeerSessionOptions extends FrameOptions, MessageFormat {
  /** Paths of files that are sent, one message each, instead of what is typed. */
  readonly file?: readonly string[]
}

/** Who presses Ctrl-C does not want to wait for a peer that takes its time. */
export const CLOSE_TIMEOUT_MS = 1_000

/** A node that a person uses: what is typed goes to all peers, what they say is printed, Ctrl-C closes. */
export class PeerSession {
  readonly #node: BaseNode
  readonly #options: PeerSessionOptions
  readonly #reporter: Reporter
  readonly #over = new AbortController()

  constructor(node: BaseNode, options: PeerSessionOptions) {
    this.#node = node
    this.#options = options
    this.#reporter = options.json === true ? jsonReporter : humanReporter(options)
  }

  /** Prints what comes, until the session is stopped. It also ends when `work` fails. */
  async run(work: () => Promise<void>): Promise<void> {
    this.#report()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.exitCode = 128 + constants.signals[signal]
        this.stop()
      })
    }
    work().catch((error: unknown) => {
      this.#fail(error)
      this.stop()
    })
    await output(this.#received(), () => this.stop())
  }

  /** Closes the node. What has come until now is still printed. */
  stop(): void {
    this.#over.abort()
    void this.#node.close()
  }

  /** Sends the files, or else what is typed until stdin ends. Waits while there is nobody to send to. */
  async send(): Promise<void> {
    const { file } = this.#options
    if (file === undefined) await this.#sendTyped()
    else for (const path of file) await this.#sendOne(() => readFile(path).catch(cannot(`read ${path}`)))
  }

  async #sendTyped(): Promise<void> {
    const parse = this.#options.hex === true ? fromHex : same
    await pipeline(
      process.stdin,
      lines,
      async (typed: AsyncIterable<Buffer>) => {
        for await (const line of typed) await this.#sendOne(() => parse(line))
      },
      { signal: this.#over.signal },
    ).catch(cannot('read stdin'))
  }

  // What cannot be sent is reported, and the next message is fine.
  async #sendOne(read: () => Buffer | Promise<Buffer>): Promise<void> {
    try {
      const message = await read()
      await this.#somebody()
      if (!this.#node.send(message)) await this.#node.drained()
    } catch (error) {
      this.#fail(error)
    }
  }

  async #somebody(): Promise<void> {
    while (!Array.from(this.#node.peers.values()).some((peer) => peer.isOpen)) {
      await new Promise((resolve) => this.#node.once('peer', resolve))
    }
  }

  // Stopping interrupts whatever goes on, which is no failure.
  #fail(error: unknown): void {
    if (!this.#over.signal.aborted) this.#reporter.failed(error)
  }

  async *#received(): AsyncGenerator<string> {
    for await (const { data, from } of this.#node.readRaw()) yield this.#reporter.line(data, from)
  }

  #report(): void {
    const reporter = this.#reporter
    this.#node
      .on('listening', (address) => reporter.listening(address))
      .on('peer', (peer) => reporter.joined(peer))
      .on('disconnect', (peer, reason) => {
        if (reason !== undefined) process.exitCode ??= 1
        reporter.left(peer, reason)
      })
      .on('error', (error) => reporter.failed(error))
  }
}

function same(line: Buffer): Buffer {
  return line
}
