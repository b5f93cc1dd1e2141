import { constants } from 'node:os'
import { type Peer, PeerNode } from '../index.js'
import { endpointUrl } from './endpoint-url.js'
import { cannot } from './failure.js'
import { humanReporter } from './human-reporter.js'
import { jsonReporter } from './json-reporter.js'
import { layoutOf, type LayoutFlags, longestMessage } from './layout.js'
import type { MessageFormat } from './message-format.js'
import { Outbox } from './outbox.js'
import { print } from './print.js'
import type { Reporter } from './reporter.js'
import type { Terminal } from './terminal.js'

/** What `listen` and `connect` may both be told. */
export interface SessionFlags extends LayoutFlags, MessageFormat {
  /** Paths of files that are sent, one message each, instead of what is typed. */
  readonly file?: readonly string[]
}

// A person who presses Ctrl-C does not want to wait for a peer that takes its time.
const CLOSE_TIMEOUT_MS = 1_000

/** A node that a person uses: what is typed goes to all peers, what they say is printed, Ctrl-C closes. */
export class PeerSession {
  readonly #terminal: Terminal
  readonly #flags: SessionFlags
  readonly #node: PeerNode
  readonly #outbox: Outbox
  readonly #reporter: Reporter
  readonly #over = new AbortController()
  // Why messages cannot be sent any more; undefined where an error has said it.
  #why: string | undefined
  // What went wrong first with stdout.
  #printError: Error | undefined

  constructor(terminal: Terminal, flags: SessionFlags) {
    const layout = layoutOf(flags)
    this.#terminal = terminal
    this.#flags = flags
    this.#node = new PeerNode({ framing: layout, closeTimeoutMs: CLOSE_TIMEOUT_MS })
    this.#outbox = new Outbox({
      terminal,
      node: this.#node,
      text: { limit: longestMessage(layout), hex: flags.hex === true },
      over: this.#over.signal,
      report: (error) => this.#fail(error),
    })
    this.#reporter =
      flags.json === true ? jsonReporter(terminal, (line) => void this.#print(line)) : humanReporter(terminal, flags)
  }

  /** All peers that the session is connected to. */
  get peers(): readonly Peer[] {
    return Array.from(this.#node.peers.values())
  }

  /** @throws {Error} What the system says, in words. */
  async listen(endpoint: string): Promise<void> {
    const url = endpointUrl(endpoint)
    await this.#node.startServer(url).catch(cannot(`listen at ${url}`))
  }

  /** @throws {Error} What the system says, in words. */
  async connect(endpoints: readonly string[]): Promise<void> {
    // All are read before one is dialled.
    const urls = endpoints.map(endpointUrl)
    await Promise.all(urls.map((url) => this.#node.connectTo(url).catch(cannot(`connect to ${url}`))))
  }

  /** Ends the session as soon as it has no peer. */
  endWhenAlone(): void {
    const endIfAlone = (): void => {
      if (this.#node.peers.size === 0) this.#end('every peer has left')
    }
    this.#node.on('disconnect', endIfAlone)
    endIfAlone()
  }

  /**
   * Prints what comes, until the session is over.
   *
   * @param open Opens the connections. If it fails, the session is over.
   * @param onSent Called when everything is sent.
   */
  async run(open: () => Promise<void>, onSent?: () => void): Promise<void> {
    this.#report()
    this.#terminal.onSignal((signal) => {
      this.#terminal.exitCode = 128 + constants.signals[signal]
      this.#end('interrupted')
    })
    const sending = this.#send(open, onSent)
    for await (const batch of this.#node.readRawBatches()) {
      await this.#print(batch.map(({ data, from }) => this.#reporter.line(data, from)).join(''))
    }
    await sending
    if (this.#printError !== undefined) throw this.#printError
  }

  async #send(open: () => Promise<void>, onSent?: () => void): Promise<void> {
    const { file } = this.#flags
    try {
      await open().catch((error: unknown) => {
        // Interrupted while it dialled, it still says how much it was to send.
        if (this.#why === undefined) throw error
      })
      if (file === undefined) await this.#outbox.sendLines()
      else await this.#outbox.sendFiles(file)
      onSent?.()
    } catch (error) {
      this.#fail(error)
      this.#end()
    }
    const unsent = this.#why === undefined ? undefined : this.#outbox.failure(this.#why)
    if (unsent !== undefined) this.#reporter.failed(unsent)
  }

  // What has come until now is still printed, and what is on its way out is sent.
  #end(why?: string): void {
    if (this.#over.signal.aborted) return
    this.#why = why
    this.#over.abort()
    void this.#node.close()
  }

  // The end of the session interrupts whatever goes on, which is no failure.
  #fail(error: unknown): void {
    if (!this.#over.signal.aborted) this.#reporter.failed(error)
  }

  async #print(text: string): Promise<void> {
    try {
      await print(this.#terminal, text)
    } catch (error) {
      // What print rejects with.
      this.#printError ??= error as Error
      this.#end()
    }
  }

  #report(): void {
    const reporter = this.#reporter
    this.#node
      .on('listening', (address) => reporter.listening(address))
      .on('peer', (peer) => reporter.joined(peer))
      .on('disconnect', (peer, reason) => {
        if (reason !== undefined) this.#terminal.exitCode ??= 1
        reporter.left(peer, reason)
      })
      .on('error', (error) => reporter.failed(error))
  }
}
