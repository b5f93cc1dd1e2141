import type { BaseNode } from '../index.js'
import { input, nameOfInput } from './input.js'
import { LineReader } from './line-reader.js'
import type { TextOptions } from './message-text.js'
import { readWhole } from './read-whole.js'
import type { Terminal } from './terminal.js'

/** What an outbox is made of. */
export interface OutboxParts {
  readonly terminal: Terminal
  readonly node: BaseNode
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

  /** What to say of the messages that had to stay; `undefined` if none had to. */
  failure(reason: string): Error | undefined {
    if (this.#unsent === 0) return undefined
    const rest = this.#isCut ? ' and the rest of the input' : ''
    return new Error(`Cannot send ${this.#unsent} of ${this.#sent + this.#unsent} messages${rest}: ${reason}`)
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
      this.#isCut = true
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

  /** Sends a message once there is a peer, and waits for room for the next one. @throws What the node throws. */
  async #send(message: Buffer): Promise<void> {
    const { node, over } = this.#parts
    while (!over.aborted && !hasPeer(node)) await this.#nextPeer()
    if (over.aborted) {
      this.#unsent++
      return
    }
    const hasRoom = node.send(message)
    this.#sent++
    if (!hasRoom) await node.drained()
  }

  /** Waits for a peer, or for the end of the session. */
  #nextPeer(): Promise<void> {
    const { node, over } = this.#parts
    return new Promise((resolve) => {
      const done = (): void => {
        node.off('peer', done)
        over.removeEventListener('abort', done)
        resolve()
      }
      node.on('peer', done)
      over.addEventListener('abort', done)
    })
  }
}

function hasPeer({ peers }: BaseNode): boolean {
  for (const { isOpen } of peers.values()) if (isOpen) return true
  return false
}
