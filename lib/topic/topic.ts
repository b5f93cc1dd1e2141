import { EventEmitter } from 'node:events'
import { nameOf } from '../arguments.js'
import { withDeadline } from '../async/deadline.js'
import type { MessageIterator } from '../async/message-iterator.js'
import { Ticker } from '../async/ticker.js'
import type { AbortOptions } from '../door/dialling.js'
import { PeerError } from '../errors.js'
import type { DataOf, MessageMap, TypeOf, Untyped } from '../messaging/messages.js'
import { errorOf } from '../observe/error-of.js'
import type { Bus, Subscription } from './bus.js'
import { Hearing, type HeardOf } from './hearing.js'
import { Publishing } from './publishing.js'
import { TopicLoop } from './topic-loop.js'
import { checkName, resolveTopicOptions, type TopicOptions, type TopicSettings } from './topic-options.js'

/** Events of a topic, and what their listeners get. What a listener throws becomes an `error`, and stops nothing. */
export interface TopicEvents {
  /** So many pieces of a publisher are lost: on their way, or since too much waited here. */
  gap: [from: string, pieces: number]
  /**
   * Something was lost or refused, and nothing is closed for that; `from` is the publisher of what was refused. Never emitted
   * without a listener.
   */
  error: [error: Error, from: string | undefined]
  /** The topic is closed. */
  close: []
}

/** What a topic has done so far. */
export interface TopicStats {
  /** Messages that were sent. */
  readonly messagesOut: number
  /** Messages that were read. */
  readonly messagesIn: number
  /** Messages that were lost here: not taken by `send`, or not by the bus, as far as that is known. */
  readonly dropped: number
  /** Pieces of others that were lost, all gaps together. */
  readonly lostPieces: number
  /** Pieces that came again, or too late, and were dropped. */
  readonly repeatedPieces: number
  /** Pieces that were refused, or messages in them: each is an `error` event. */
  readonly invalidPieces: number
  /** Bytes that wait for the bus to take them, and that wait to be read. */
  readonly waitingOut: number
  readonly waitingIn: number
}

/**
 * Messages to everybody, over an engine: what one sends on a topic is read by all that read the topic, but not by itself.
 *
 * Messages of a tick travel as one piece. A piece that is lost costs its messages and is told, by `gap`; the order of a
 * publisher is kept, and what comes twice is dropped. Delivery and identity are those of the engine.
 *
 * @example
 * const prices = new Topic(bus, 'prices')
 * prices.on('gap', (from, pieces) => console.warn(`${pieces} pieces of ${from} are lost`))
 * if (!prices.send(Buffer.from('EURUSD 1.08'))) await prices.drained()
 * for await (const { data, from } of prices.read()) console.log(from, String(data))
 */
export class Topic<
  Data = Buffer,
  Messages extends MessageMap<Messages> = Untyped<Data>,
> extends EventEmitter<TopicEvents> {
  /** What it is called, as everybody calls it. */
  readonly name: string
  readonly #bus: Bus
  readonly #settings: TopicSettings<Data>
  readonly #publishing: Publishing
  readonly #hearing: Hearing<Data>
  readonly #loop: TopicLoop<Data>
  readonly #ticker: Ticker | undefined
  #subscribing: Promise<Subscription> | undefined
  #closing: Promise<void> | undefined
  #unsent = 0

  /**
   * @throws {TypeError} If an option has the wrong type, or is none, or `bus` is no Bus.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(bus: Bus, name: string, options: TopicOptions<Data, Messages> = {}) {
    super()
    if (typeof (bus as Partial<Bus> | undefined)?.publish !== 'function') {
      throw new TypeError(`Cannot use bus: expected a Bus, got ${nameOf(bus)}`)
    }
    checkName('topic', name)
    this.name = name
    this.#bus = bus
    const settings = (this.#settings = resolveTopicOptions(options, bus))
    this.#publishing = new Publishing(bus, name, settings, (messages, cause) => {
      const message = `Cannot publish ${messages} messages to ${name}: ${errorOf(cause).message}`
      this.#fail(new PeerError('ERR_NOT_PUBLISHED', message, { cause }))
    })
    this.#hearing = new Hearing(settings, this.#publishing.epoch, {
      onPiece: () => this.#loop.wake(),
      onGap: (from, pieces) => this.#tell('gap', from, pieces),
      onInvalid: (from, cause) => {
        const message = `Cannot read piece of ${from}: ${errorOf(cause).message}`
        this.#fail(new PeerError('ERR_PIECE_INVALID', message, { peer: from, cause }), from)
      },
    })
    this.#loop = new TopicLoop(this.#hearing, name)
    if (settings.heartbeatMs !== undefined) this.#ticker = new Ticker(settings.heartbeatMs, this.#beat())
  }

  /** Who this process is to the others. */
  get id(): string {
    return this.#bus.id
  }

  get stats(): TopicStats {
    const { sent, dropped, waiting } = this.#publishing
    const { messages, lost, repeated, invalid } = this.#hearing
    return {
      ...{ messagesOut: sent, messagesIn: messages, dropped: dropped + this.#unsent },
      ...{ lostPieces: lost, repeatedPieces: repeated, invalidPieces: invalid },
      ...{ waitingOut: waiting, waitingIn: this.#hearing.waiting },
    }
  }

  /** Whether `close` was called. */
  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  /**
   * Sends a message to all that read the topic. `true`: go on. `false`: enough waits, or it was dropped, since too much waits
   * or the topic is closed: wait for {@link drained}, and do not send it again.
   *
   * @throws {TypeError} If `message` is no Uint8Array.
   * @throws {FramingError} If the framing cannot carry it, or no piece of the bus can. Nothing of it is sent.
   */
  send(message: Uint8Array): boolean {
    if (!this.isClosing) return this.#publishing.add(message)
    this.#unsent++
    return false
  }

  /** Sends typed data, as the codec writes it. Otherwise as {@link send}. @throws {TypeError} If the topic has no codec. */
  sendMsg<Type extends TypeOf<Messages>>(type: Type, data: DataOf<Messages, Type>): boolean {
    const { codec } = this.#settings
    if (codec === undefined) throw new TypeError(`Cannot send message of type ${type}: ${this.name} has no codec`)
    return this.send(codec.serialise(type, data as Data))
  }

  /** Resolves with `true` when there is room for more, and with `false` when the topic is closed. */
  async drained(): Promise<boolean> {
    if (!this.isClosing) await this.#publishing.drained()
    return !this.isClosing
  }

  /**
   * Subscribes, and resolves when everything that is published from then on will be read. A loop does it, if nothing has: call
   * it to know when. What comes before there is a loop waits.
   *
   * @throws What the bus throws. It can be called again.
   */
  async start(): Promise<void> {
    if (this.isClosing) throw new PeerError('ERR_NODE_CLOSED', `Cannot read: topic ${this.name} is closed`)
    this.#subscribing ??= this.#subscribe()
    await this.#subscribing
  }

  /**
   * All messages of the topic, from now on. Leaving the loop loses none of those that wait; the loop ends when the topic is
   * closed, and throws why if the engine gives up.
   *
   * @throws {PeerError} `ERR_READER_BUSY`, if another loop takes the messages.
   */
  read(options?: AbortOptions): MessageIterator<HeardOf<Data, Messages>> {
    return this.#begin(this.#loop.messages(options)) as MessageIterator<HeardOf<Data, Messages>>
  }

  /** The same, an array at a time: faster. */
  readBatches(options?: AbortOptions): MessageIterator<HeardOf<Data, Messages>[]> {
    return this.#begin(this.#loop.batches(options)) as MessageIterator<HeardOf<Data, Messages>[]>
  }

  /**
   * Has the bus take what waits, within `closeTimeoutMs`, unsubscribes, and ends the loop. The connection of the bus stays
   * open: it is yours. Calling it again waits for the same.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin<T>(loop: MessageIterator<T>): MessageIterator<T> {
    if (!this.isClosing) this.start().catch((error: unknown) => this.#loop.abort(error))
    return loop
  }

  async #subscribe(): Promise<Subscription> {
    try {
      return await this.#bus.subscribe(this.name, (piece, from) => this.#hearing.arrive(piece, from), {
        group: this.#settings.group,
        onEnd: (reason) => this.#loop.end(reason && { error: reason }),
      })
    } catch (error) {
      this.#subscribing = undefined
      throw error
    }
  }

  async #close(): Promise<void> {
    this.#ticker?.stop()
    await this.#inTime('publish what waits', () => this.#publishing.settled())
    await this.#inTime('unsubscribe', async () => (await this.#subscribing)?.close())
    this.#loop.close()
    this.#tell('close')
  }

  // What does not work while closing is told, and does not keep the topic open.
  async #inTime(action: string, work: () => Promise<void>): Promise<void> {
    const { closeTimeoutMs: timeoutMs } = this.#settings
    try {
      await withDeadline({ timeoutMs, phase: 'close', action: `${action} on topic ${this.name}`, signals: [] }, work)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** What is done at every beat: an empty piece, unless another was published since the last one. */
  #beat(): () => void {
    let before = 0
    return () => {
      if (this.#publishing.pieces > 0 && this.#publishing.pieces === before) this.#publishing.publish()
      before = this.#publishing.pieces
    }
  }

  #fail(thrown: unknown, from?: string): void {
    if (this.listenerCount('error') > 0) this.#tell('error', errorOf(thrown), from)
  }

  // Every listener is called, whatever the others do.
  #tell<Name extends keyof TopicEvents>(name: Name, ...values: TopicEvents[Name]): void {
    for (const listener of this.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, values)
      } catch (thrown) {
        if (name === 'error') process.emitWarning(errorOf(thrown))
        else this.#fail(thrown)
      }
    }
  }
}
