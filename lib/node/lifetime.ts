import { Ticker } from '../async/ticker.js'
import type { Door } from '../door/door.js'
import { PeerError } from '../errors.js'
import type { Observer } from '../peer/observer.js'
import type { Crowd } from './crowd.js'
import type { Reading } from './reading.js'

/** Times of a node, in milliseconds. */
export interface LifetimeSettings {
  readonly closeTimeoutMs: number
  readonly tickIntervalMs: number | undefined
}

/**
 * The life of a node: it ticks until it begins to close; then it lets in no more, lets handlers finish, sends what waits,
 * and is closed.
 */
export class Lifetime {
  readonly #settings: LifetimeSettings
  readonly #door: Door
  readonly #reading: Reading
  readonly #crowd: Crowd
  readonly #observer: Observer
  readonly #ticker: Ticker | undefined
  #closing: Promise<void> | undefined
  #isClosed = false

  constructor(settings: LifetimeSettings, door: Door, reading: Reading, crowd: Crowd, observer: Observer) {
    this.#settings = settings
    this.#door = door
    this.#reading = reading
    this.#crowd = crowd
    this.#observer = observer
    const { tickIntervalMs } = settings
    if (tickIntervalMs !== undefined) this.#ticker = new Ticker(tickIntervalMs, (ms) => observer.ticked(ms))
  }

  /** Whether `close` was called. */
  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @throws {PeerError} `ERR_NODE_CLOSED`, once the node begins to close. `action` says what it does not do any more. */
  refuseIfClosing(action: string): void {
    if (this.isClosing) throw nodeClosed(action)
  }

  /** Closes, once. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { closeTimeoutMs } = this.#settings
    const startedMs = performance.now()
    this.#ticker?.stop()
    this.#door.close(nodeClosed('go on'))
    await within(closeTimeoutMs, this.#reading.stopHandlers(nodeClosed('go on')))
    // Those of handlers that ran have had their time.
    this.#reading.giveUpRequests(nodeClosed('get an answer'))
    const leftMs = Math.ceil(closeTimeoutMs - (performance.now() - startedMs))
    await this.#crowd.close(Math.max(leftMs, 1))
    this.#isClosed = true
    this.#reading.end()
    this.#observer.closed()
  }
}

function nodeClosed(action: string): PeerError {
  return new PeerError('ERR_NODE_CLOSED', `Cannot ${action}: the node is closed`)
}

// Goes on when the work is done, or when the time is up.
async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeIsUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))
  await Promise.race([work, timeIsUp])
  clearTimeout(timer)
}
