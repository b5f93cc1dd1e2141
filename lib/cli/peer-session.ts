import { constants } from 'node:os'
import { BaseNode, type Endpoint, type Peer, tcp, tls, unix } from '../index.js'
import { cannot } from './failure.js'
import { humanReporter } from './human-reporter.js'
import { jsonReporter } from './json-reporter.js'
import { layoutOf, type LayoutFlags, longestMessage } from './layout.js'
import { Ledger, type Loss } from './ledger.js'
import type { MessageFormat } from './message-format.js'
import { Outbox } from './outbox.js'
import { print } from './print.js'
import type { Reporter } from './reporter.js'
import type { Terminal } from './terminal.js'
import { endpointWith, type TlsFlags, tlsOptionsOf } from './tls-flags.js'

/** What `listen` and `connect` may both be told. */
export interface SessionFlags extends LayoutFlags, MessageFormat, TlsFlags {
  /** Paths of files that are sent, one message each, instead of what is typed. */
  readonly file?: readonly string[]
}

/** Where a session listens, or what it dials. */
export interface SessionEndpoints {
  readonly bind?: string
  readonly connect?: readonly string[]
}

// A person who presses Ctrl-C does not want to wait for a peer that takes its time.
const CLOSE_TIMEOUT_MS = 1_000
// As long as a timer can wait: a person who reads what the other side prints, page by page, takes as long as that takes.
const SEND_TIMEOUT_MS = 2 ** 31 - 1

/**
 * A node that a person uses: what is typed goes to all peers, what they say is printed, Ctrl-C closes.
 *
 * A peer that ends is sent what is on its way to it, and has left: one that has closed looks like one that still listens, and
 * what it was sent from then on would be lost without a word.
 */
export class PeerSession {
  readonly #terminal: Terminal
  readonly #flags: SessionFlags
  readonly #endpoints: SessionEndpoints
  readonly #node: BaseNode
  readonly #ledger = new Ledger()
  readonly #outbox: Outbox
  readonly #reporter: Reporter
  readonly #over = new AbortController()
  // Why messages cannot be sent any more; undefined where an error has said it.
  #why: string | undefined
  // What the only peer of the session has cost, after it has left.
  #loss: Loss | undefined
  // What went wrong first with stdout.
  #printError: Error | undefined

  /**
   * @throws {TypeError | RangeError} If one of the endpoints, the layout, or what was typed of TLS cannot be used.
   * @throws {Error} If a certificate cannot be read.
   */
  constructor(terminal: Terminal, flags: SessionFlags, endpoints: SessionEndpoints) {
    const layout = layoutOf(flags)
    this.#terminal = terminal
    this.#flags = flags
    this.#endpoints = endpoints
    const use = (endpoint: string): Endpoint => endpointWith(flags, endpoint)
    const places = { bind: [endpoints.bind ?? []].flat().map(use), connect: (endpoints.connect ?? []).map(use) }
    const times = { sendTimeoutMs: SEND_TIMEOUT_MS, closeTimeoutMs: CLOSE_TIMEOUT_MS }
    // Memory is no transport here: it leads nowhere from a shell.
    this.#node = new BaseNode({ framing: layout, tls: tlsOptionsOf(flags, places), ...times, ...places }, [
      tcp,
      tls,
      unix,
    ])
    this.#outbox = new Outbox({
      terminal,
      node: this.#node,
      ledger: this.#ledger,
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
  async listen(): Promise<void> {
    const { signal } = this.#over
    await this.#node.startServer(undefined, { signal }).catch(cannot(`listen at ${this.#endpoints.bind}`))
  }

  /** @throws {Error} What the system says, in words. */
  async connect(): Promise<void> {
    const { connect = [] } = this.#endpoints
    const { signal } = this.#over
    await Promise.all(
      connect.map((endpoint) =>
        this.#node.connectTo(endpointWith(this.#flags, endpoint), { signal }).catch(cannot(`connect to ${endpoint}`)),
      ),
    )
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
    const unsent = this.#why === undefined ? undefined : this.#outbox.failure(this.#why, this.#loss)
    if (unsent !== undefined) this.#reporter.failed(unsent)
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
        const loss = this.#ledger.settle(peer, reason)
        // That of an only peer is told together with what it was not even given.
        const isOnly = this.#endpoints.connect?.length === 1
        if (isOnly) this.#loss = loss
        reporter.left(peer, reason, isOnly ? undefined : loss)
      })
      .on('error', (error) => reporter.failed(error))
  }
}
