import { once } from 'node:events'
import type { BaseNode, Peer } from '../index.js'
import { input, nameOfInput } from './input.js'
import type { Ledger, Loss } from './ledger.js'
import { LineReader } from './line-reader.js'
import { messageCount } from './message-count.js'
import type { TextOptions } from './message-text.js'
import { readWhole } from './read-whole.js'
import type { Terminal } from './terminal.js'

/** What an outbox is made of. */
export interface OutboxParts {
  readonly terminal: Terminal
  readonly node: BaseNode
  readonly ledger: Ledger
  readonly text: TextOptions
  /** Aborted when messages have to stay: the session is over. */
  readonly over: AbortSignal
  /** Gets the error of a message that cannot be read or framed. The next message is fine. */
  readonly report: (error: unknown) => void
}

// How long stdin is read on after the end of a session. What waits in a pipe comes at once, so that it can be counted.
const LAST_LOOK_MS = 100

/** Sends lines or files to all peers of a node, and counts the messages that were sent and those that had to stay. */
export class Outbox {
  readonly #parts: OutboxParts
  #sent = 0
  #unsent = 0
  // Whether stdin was left before its end.
  #isCut = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /**
   * What to say of the messages that had to stay; `undefined` if none had to.
   *
   * @param loss What the only peer of the session has cost: what is sent to one is sent to all.
   */
  failure(reason: string, loss?: Loss): Error | undefined {
    const unsent = this.#unsent + (loss?.lost ?? 0)
    const all = this.#sent + this.#unsent
    if (unsent > 0) {
      const rest = this.#isCut ? ' and the rest of the input' : ''
      return new Error(`Cannot send ${messageCount(unsent, all, loss?.isLeast)}${rest}: ${reason}`)
    }
    if (loss?.isLeast !== true) return undefined
    const what = all === 1 ? 'whether the message has' : `how many of ${all} messages have`
    return new Error(`Cannot tell ${what} arrived: the connection broke`)
  }

  /** Sends each line of stdin. */
  async sendLines(): Promise<void> {
    const { terminal, text, over } = this.#parts
    const lines = new LineReader(text)
    const cut = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const startLastLook = (): void => {
      // The immediate lets a process that was held up for so long read before it gives up.
      timer = setTimeout(() => setImmediate(() => cut.abort()), LAST_LOOK_MS)
    }
    if (over.aborted) startLastLook()
    else over.addEventListener('abort', startLastLook)
    try {
      for await (const chunk of input(terminal, undefined, cut.signal)) await this.#sendAll(lines.read(chunk))
      await this.#sendAll(lines.end())
    } catch (error) {
      if (!cut.signal.aborted) throw error
      // A person sees what is typed, and has typed no more.
      this.#isCut = !terminal.isTyped
    } finally {
      clearTimeout(timer)
    }
  }

  /** Sends each file. */
  async sendFiles(paths: readonly string[]): Promise<void> {
    const { terminal, text, over, report } = this.#parts
    // Hex is for what is typed.
    const bytes = { ...text, hex: false }
    for (const path of paths) {
      try {
        over.throwIfAborted()
        await this.#send(await readWhole(input(terminal, path, over), nameOfInput(path), bytes))
      } catch (error) {
        if (over.aborted) this.#unsent++
        else report(error)
      }
    }
  }

  async #sendAll(messages: Iterable<Buffer | Error>): Promise<void> {
    for (const message of messages) {
      try {
        if (message instanceof Error) throw message
        await this.#send(message)
      } catch (error) {
        this.#parts.report(error)
      }
    }
  }

  /** Sends a message once there is a peer, and waits for room for the next one. @throws What the peer throws. */
  async #send(message: Buffer): Promise<void> {
    const peers = await this.#openPeers()
    if (peers.length === 0) {
      this.#unsent++
      return
    }
    // One by one, since a node that sends to all does not say which of them had left by then.
    const full = peers.filter((peer) => !this.#give(message, peer))
    this.#sent++
    if (full.length > 0) await this.#room(peers)
  }

  #give(message: Buffer, peer: Peer): boolean {
    const hasRoom = peer.send(message)
    this.#parts.ledger.give(peer)
    return hasRoom
  }

  /** All peers that take messages, once there are any; none when the session is over. */
  async #openPeers(): Promise<Peer[]> {
    const { node, over } = this.#parts
    for (;;) {
      if (over.aborted) return []
      const peers = Array.from(node.peers.values()).filter(({ isOpen }) => isOpen)
      if (peers.length > 0) return peers
      // It rejects when the session is over, which is seen above.
      await once(node, 'peer', { signal: over }).catch(() => undefined)
    }
  }

  /** Waits for room, or for the end of the session. */
  #room(peers: readonly Peer[]): Promise<void> {
    const { node, over } = this.#parts
    // One of several that takes nothing does not hold up the others. A single one may take its time.
    const drained = peers.length === 1 ? node.drained(peers[0]) : node.drained()
    return new Promise((resolve) => {
      const done = (): void => {
        over.removeEventListener('abort', done)
        resolve()
      }
      over.addEventListener('abort', done)
      void drained.then(done)
    })
  }
}
