import { checkBoolean, checkCallOptions, checkOptions } from '../arguments.js'
import { MessageIterator } from '../async/message-iterator.js'
import { onAbort } from '../async/on-abort.js'
import type { AbortOptions } from '../door/dialling.js'
import { PeerError } from '../errors.js'
import type { MessageType } from '../messaging/codec.js'
import { Dispatcher } from '../messaging/dispatcher.js'
import type { AnyHandler, HandlerOptions } from '../messaging/handler-table.js'
import type { AnyCodec } from '../messaging/parsing.js'
import type { RequestOptions } from '../messaging/requests.js'
import type { Inbox, Received } from '../peer/inbox.js'
import type { LaneOwner } from '../peer/lane.js'
import type { Observer } from '../peer/observer.js'
import type { Overflow } from '../peer/overflow.js'

/** How messages are read. */
export interface ReadingSettings {
  readonly codec: AnyCodec
  readonly overflow: Overflow
}

/** What takes the messages of a node: one loop, or its handlers. */
export class Reading {
  readonly #settings: ReadingSettings
  readonly #inbox: Inbox
  readonly #observer: Observer
  #reader: MessageIterator<unknown> | Dispatcher | undefined
  #isOver = false

  constructor(settings: ReadingSettings, inbox: Inbox, observer: Observer) {
    this.#settings = settings
    this.#inbox = inbox
    this.#observer = observer
  }

  /** Says that the inbox has messages. */
  wake(): void {
    this.#reader?.wake()
  }

  /** A loop over all messages. */
  messages(options: AbortOptions | undefined): MessageIterator<Received> {
    return this.#loop(() => this.#inbox.take(), options)
  }

  /** A loop over all messages, an array at a time. */
  batches(options: AbortOptions | undefined): MessageIterator<Received[]> {
    return this.#loop(() => this.#inbox.takeBatch(), options)
  }

  addHandler(type: MessageType, handler: AnyHandler, options: HandlerOptions = {}): void {
    checkOptions(options, ['exclusive'])
    if (options.exclusive !== undefined) checkBoolean('exclusive', options.exclusive)
    this.#dispatch((dispatcher) => dispatcher.handlers.add(type, handler, options))
  }

  setDefaultHandler(handler: AnyHandler): void {
    this.#dispatch((dispatcher) => dispatcher.handlers.setDefault(handler))
  }

  /** Takes a handler out, or all of a type. Where none was ever added, there is nothing to do. */
  removeHandler(type: MessageType, handler: AnyHandler | undefined): void {
    if (this.#reader instanceof Dispatcher) this.#reader.handlers.remove(type, handler)
  }

  /** Asks a peer: handlers take all messages from now on, unless it throws. */
  request(peer: LaneOwner, type: MessageType, data: unknown, options?: RequestOptions): Promise<never> {
    return this.#dispatch(({ requests }) => requests.ask(peer, type, data, options))
  }

  /** Gives no more messages to handlers, and resolves when those that work are done. */
  async stopHandlers(reason: Error): Promise<void> {
    if (this.#reader instanceof Dispatcher) await this.#reader.stop(reason)
  }

  /** Gives up what was asked. */
  giveUpRequests(reason: Error): void {
    if (this.#reader instanceof Dispatcher) this.#reader.requests.close(reason)
  }

  /** Says that no more messages will come: a loop ends when it has read those that wait. */
  end(): void {
    this.#isOver = true
    this.#inbox.end()
    if (this.#reader instanceof MessageIterator) this.#reader.end()
  }

  // Handlers are the reader from now on, unless what is done with them throws.
  #dispatch<T>(use: (dispatcher: Dispatcher) => T): T {
    if (this.#reader instanceof Dispatcher) return use(this.#reader)
    this.#refuseIfBusy()
    const { codec, overflow } = this.#settings
    const dispatcher = new Dispatcher(this.#inbox, codec, overflow, this.#observer)
    const result = use(dispatcher)
    this.#reader = dispatcher
    this.#inbox.open('handlers', dispatcher)
    // Messages may wait already, perhaps so many that no other would come. The caller may add more handlers first.
    process.nextTick(() => dispatcher.wake())
    return result
  }

  #loop<T>(take: () => T | undefined, options: AbortOptions = {}): MessageIterator<T> {
    checkCallOptions(options)
    const { signal } = options
    signal?.throwIfAborted()
    this.#refuseIfBusy()
    const release = (): void => {
      stopWaiting?.()
      if (this.#reader !== reader) return
      this.#reader = undefined
      this.#inbox.close()
    }
    const takeOrRelease = (): T | undefined => {
      const item = take()
      if (item === undefined && this.#isOver) release()
      return item
    }
    const reader = new MessageIterator<T>({ take: takeOrRelease, release })
    const stopWaiting = signal && onAbort(signal, (reason) => reader.abort(reason))
    this.#reader = reader
    this.#inbox.open('loop')
    if (this.#isOver) reader.end()
    return reader
  }

  #refuseIfBusy(): void {
    if (this.#reader === undefined) return
    const who = this.#reader instanceof Dispatcher ? 'handlers take' : 'another loop takes'
    throw new PeerError('ERR_READER_BUSY', `Cannot read: ${who} the messages of this node`)
  }
}
