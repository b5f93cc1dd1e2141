import { checkBoolean, checkCallOptions, checkOptions } from '../arguments.js'
import { MessageIterator } from '../async/message-iterator.js'
import { onAbort } from '../async/on-abort.js'
import type { AbortOptions } from '../door/dialling.js'
import { PeerError } from '../errors.js'
import type { Codec, MessageType } from '../messaging/codec.js'
import { Dispatcher, type Handler, type HandlerOptions } from '../messaging/dispatcher.js'
import type { Inbox, Received } from '../peer/inbox.js'
import type { Observer } from '../peer/observer.js'

/** What takes the messages of a node: one loop, or its handlers. */
export class Reading<Data> {
  readonly #inbox: Inbox
  readonly #codec: Codec<Data>
  readonly #observer: Observer
  #reader: MessageIterator<unknown> | Dispatcher<Data> | undefined
  #isOver = false

  constructor(inbox: Inbox, codec: Codec<Data>, observer: Observer) {
    this.#inbox = inbox
    this.#codec = codec
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

  addHandler(type: MessageType, handler: Handler<Data>, options: HandlerOptions = {}): void {
    checkOptions(options, ['exclusive'])
    if (options.exclusive !== undefined) checkBoolean('exclusive', options.exclusive)
    if (this.#reader instanceof Dispatcher) {
      this.#reader.add(type, handler, options)
      return
    }
    this.#refuseIfBusy()
    const dispatcher = new Dispatcher(this.#inbox, this.#codec, this.#observer)
    dispatcher.add(type, handler, options)
    this.#reader = dispatcher
    this.#inbox.open('handlers')
    // Messages may wait already, perhaps so many that no other would come. The caller may add more handlers first.
    process.nextTick(() => dispatcher.wake())
  }

  /** Gives no more messages to handlers, and resolves when those that work are done. */
  async stopHandlers(): Promise<void> {
    if (this.#reader instanceof Dispatcher) await this.#reader.stop()
  }

  /** Says that no more messages will come: a loop ends when it has read those that wait. */
  end(): void {
    this.#isOver = true
    this.#inbox.end()
    if (this.#reader instanceof MessageIterator) this.#reader.end()
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
