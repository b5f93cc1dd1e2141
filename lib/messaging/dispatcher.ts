import { nameOf } from '../arguments.js'
import { Paced } from '../async/paced.js'
import type { Inbox, Received } from '../peer/inbox.js'
import type { LaneOwner } from '../peer/lane.js'
import type { Observer } from '../peer/observer.js'
import type { Peer } from '../peer/peer.js'
import type { Codec, MessageType } from './codec.js'

/** Gets every message of one type. A peer's next message waits for the promise it returns; other peers' do not. */
export type Handler<Data> = (from: Peer, type: MessageType, data: Data) => void | Promise<void>

/** Handlers by type. */
export type Handlers<Data> =
  Readonly<Record<MessageType, Handler<Data>>> | Iterable<readonly [MessageType, Handler<Data>]>

/** How a handler is added. */
export interface HandlerOptions {
  /** `true`: it replaces the handlers that its type has. @default false */
  readonly exclusive?: boolean | undefined
}

/** Takes messages out of an inbox and gives each to the handlers of its type, in the order in which they were added. */
export class Dispatcher<Data> {
  readonly #inbox: Inbox
  readonly #codec: Codec<Data>
  readonly #observer: Observer
  // A Map, since peers choose the types: an object would answer to 'constructor'. Keys of objects are strings, so 0 and '0' are one type.
  readonly #handlers = new Map<string, Handler<Data>[]>()
  // Takes messages as long as the turn of the event loop lasts.
  readonly #messages: Paced<Received>
  // Handlers that have returned a promise, and not settled it.
  readonly #working = new Set<Promise<unknown>>()
  #state: 'waiting' | 'taking' | 'pausing' | 'stopped' = 'waiting'

  /** @param observer Is told what a handler or the codec threw. */
  constructor(inbox: Inbox, codec: Codec<Data>, observer: Observer) {
    this.#inbox = inbox
    this.#messages = new Paced({ read: () => inbox.take() })
    this.#codec = codec
    this.#observer = observer
  }

  /** @throws {TypeError} If `type` is no string or number, or `handler` is no function. */
  add(type: MessageType, handler: Handler<Data>, { exclusive = false }: HandlerOptions = {}): void {
    if (typeof type !== 'string' && typeof type !== 'number') {
      throw new TypeError(`Cannot add handler: expected a type that is a string or number, got ${nameOf(type)}`)
    }
    if (typeof handler !== 'function') {
      throw new TypeError(`Cannot add handler for type ${type}: expected a function, got ${nameOf(handler)}`)
    }
    const others = exclusive ? [] : (this.#handlers.get(String(type)) ?? [])
    this.#handlers.set(String(type), [...others, handler])
  }

  /** Says that the inbox may have messages. */
  wake(): void {
    // A handler may make a peer's next message arrive at once; that one waits for its turn.
    if (this.#state !== 'waiting') return
    this.#state = 'taking'
    for (let next = this.#take(); next !== undefined; next = this.#take()) this.#dispatch(next)
    this.#endTaking()
  }

  /** Takes no more messages. Resolves when the handlers that work now are done, but not with one that calls this itself. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    await Promise.all(this.#working)
  }

  // It may have been stopped by a handler, or be pausing.
  #endTaking(): void {
    if (this.#state === 'taking') this.#state = 'waiting'
  }

  #take(): Received | undefined {
    if (this.#state !== 'taking') return undefined
    const next = this.#messages.read()
    if (this.#messages.isHeld) this.#pause()
    return next
  }

  // Goes on in the next turn.
  #pause(): void {
    this.#state = 'pausing'
    void this.#messages.whenFree().then(() => {
      if (this.#state !== 'pausing') return
      this.#state = 'waiting'
      this.wake()
    })
  }

  #dispatch({ data: message, from, stream }: Received): void {
    const waits: Promise<void>[] = []
    try {
      if (stream !== undefined) {
        stream.destroy()
        throw new RangeError(`Cannot handle message of ${stream.length} bytes: handlers take messages in memory only`)
      }
      const { type, data } = this.#codec.parse(message)
      const handlers = this.#handlers.get(String(type))
      if (handlers === undefined) {
        throw new RangeError(`Cannot handle message of type ${nameOf(type)}: it has no handler`)
      }
      for (const handler of handlers) {
        const wait = this.#call(handler, from, type, data)
        if (wait !== undefined) waits.push(wait)
      }
    } catch (error) {
      this.#observer.failed(error, from)
    }
    if (waits.length > 0) this.#hold(from as LaneOwner, Promise.all(waits))
  }

  // The peer's next message waits for its handlers.
  #hold(from: LaneOwner, work: Promise<unknown>): void {
    this.#inbox.hold(from)
    this.#working.add(work)
    void work.finally(() => {
      this.#working.delete(work)
      this.#inbox.release(from)
      this.wake()
    })
  }

  // One handler's fault is not the next one's.
  #call(handler: Handler<Data>, from: Peer, type: MessageType, data: Data): Promise<void> | undefined {
    try {
      const result: unknown = handler(from, type, data)
      if (typeof result !== 'object' || result === null || !('then' in result)) return undefined
      return Promise.resolve(result as PromiseLike<void>).catch((error: unknown) => {
        this.#observer.failed(error, from)
      })
    } catch (error) {
      this.#observer.failed(error, from)
      return undefined
    }
  }
}
