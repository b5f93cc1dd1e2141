import { checkBoolean, checkOptions } from '../arguments.js'
import { MessageIterator } from '../async/message-iterator.js'
import { checkMaxMessageLength, resolveLayout } from '../frame/frame-layout.js'
import type { DecodeOptions } from '../frame/frame-options.js'
import type { LongMessage } from './long-message-stream.js'
import { MessageTransform } from './message-transform.js'
import { finished } from './readable-stream.js'
import { writtenAhead } from './written-ahead.js'

/** Options of the stream: the layout of its frames. */
export type LengthPrefixDecoderOptions = DecodeOptions

// Makes the messages' type follow the option: inferred from a number it would be a number, which is no kind of message, and
// so becomes every kind.
interface StreamAbove<Message> {
  readonly streamAbove?: ([Message] extends [number] ? Message : number) | undefined
}

/** How a loop over a decoder ends. */
export interface DecoderIteratorOptions {
  /** Whether leaving the loop early destroys the decoder, as Node's streams do. @default true */
  readonly destroyOnReturn?: boolean | undefined
}

/**
 * A Transform: bytes go in, however they were cut, and every message comes out as one Buffer, in object mode.
 *
 * A chunk is parsed only as far as the reader takes messages. An error inside it therefore comes after the messages
 * before it, also for a slow reader. A reader that destroys the decoder, or aborts it by a signal, gets nothing more.
 *
 * With `streamAbove`, a longer message comes out as a {@link LongMessage}, in its place among the others: then it is a
 * `LengthPrefixDecoder<Buffer | LongMessage>`. What is behind it comes when it is read, or destroyed.
 *
 * @example
 * socket.pipe(new LengthPrefixDecoder()).on('data', (message) => console.log(message))
 *
 * @example
 * for await (const message of socket.pipe(new LengthPrefixDecoder())) console.log(message)
 */
export class LengthPrefixDecoder<Message extends Buffer | LongMessage = Buffer> extends MessageTransform<Message> {
  #maxMessageLength: number

  /**
   * @throws {TypeError} If an option is unknown or has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: LengthPrefixDecoderOptions & StreamAbove<Message>) {
    const layout = resolveLayout(options)
    super(layout)
    this.#maxMessageLength = layout.maxMessageLength
  }

  /**
   * Iterates over the messages in arrays, each with at most 128 of one chunk. Faster than one at a time.
   *
   * @throws {TypeError} If another loop reads the messages already.
   *
   * @example
   * for await (const batch of decoder.batches()) for (const message of batch) console.log(message)
   */
  batches(options?: DecoderIteratorOptions): MessageIterator<Message[]> {
    return this.#iterate(() => this.takeBatch(), options)
  }

  /**
   * Iterates over the messages.
   *
   * @throws {TypeError} If another loop reads the messages already.
   */
  override iterator(options?: DecoderIteratorOptions): MessageIterator<Message> {
    return this.#iterate(() => this.#takeInChunk() ?? this.#takeOne(), options)
  }

  override [Symbol.asyncIterator](): MessageIterator<Message> {
    return this.iterator()
  }

  /** Longest message accepted from now on, in bytes. @throws {TypeError | RangeError} If it is set to what the option cannot be. */
  get maxMessageLength(): number {
    return this.#maxMessageLength
  }

  set maxMessageLength(length: number) {
    checkMaxMessageLength(length)
    this.#maxMessageLength = length
    if (this.messages !== undefined) this.messages.parser.maxMessageLength = length
  }

  /**
   * Stops framing behind the message that is being handled, and ends: gives back the bytes behind it, for the protocol
   * that comes next. Call it in a `'data'` listener or a loop, after the source was unpiped.
   *
   * @throws {TypeError} If that is inside a long message.
   *
   * @example
   * socket.unpipe(decoder)
   * socket.unshift(decoder.detach())
   */
  detach(): Buffer {
    const rest = this.messages?.detach() ?? Buffer.alloc(0)
    // Bytes: a Transform makes them of whatever is written.
    const ahead = writtenAhead(this) as Buffer[]
    this.stopFraming()
    return Buffer.concat([rest, ...ahead])
  }

  /** Messages are bytes. @throws {TypeError} Always: make a text of each message, by its `toString`. */
  override setEncoding(): never {
    throw new TypeError('Cannot set an encoding: messages are bytes, each to be made text by its own toString()')
  }

  /** @internal Bytes that the frame being read still lacks, as far as it tells. */
  get missingLength(): number {
    return this.messages?.parser.missingLength ?? 0
  }

  /** @internal Copies what is unread to the front of `place`, and reads on there. */
  moveTo(place: Uint8Array): void {
    this.messages?.parser.moveTo(place)
  }

  /** @internal What is here, at most 128 messages of one chunk; `undefined` until the taker is woken. */
  takeBatch(): Message[] | undefined {
    const buffered = this.takeBuffered()
    return buffered ? [buffered] : this.takeFrom((messages) => messages.readBatch() as Message[] | undefined)
  }

  #takeInChunk(): Message | undefined {
    return this.readableLength > 0 ? undefined : (this.messages?.parser.readInChunk() as Message | undefined)
  }

  #takeOne(): Message | undefined {
    return this.takeBuffered() ?? this.takeFrom((messages) => messages.read() as Message | undefined)
  }

  #iterate<T>(take: () => T | undefined, options: DecoderIteratorOptions = {}): MessageIterator<T> {
    checkOptions(options, ['destroyOnReturn'])
    const { destroyOnReturn = true } = options
    checkBoolean('destroyOnReturn', destroyOnReturn)
    const iterator = new MessageIterator<T>({
      take,
      release: () => {
        stopListening()
        if (destroyOnReturn) this.destroy()
        this.takeBack()
      },
    })
    this.handTo(iterator)
    const stopListening = finished(this, { writable: false }, (error) => {
      iterator.end(error ? { error } : undefined)
    })
    return iterator
  }
}
