import type { TransformCallback } from 'node:stream'
import { finished, Transform } from 'readable-stream'
import { FramingError } from '../errors.js'
import type { DecodeOptions } from '../frame/frame-options.js'
import { FrameParser } from '../frame/frame-parser.js'
import { LongMessageFeeder } from './long-message-feeder.js'
import type { LongMessage } from './long-message.js'
import { MessageIterator } from './message-iterator.js'

/** {@link DecodeOptions} of the stream. */
export interface LengthPrefixDecoderOptions extends DecodeOptions {
  /**
   * `true`: `'data'`, `read()` and `pipe` give arrays of messages, each with at most 128 of one chunk. An array costs
   * the stream as much as a single message does. @default false
   */
  readonly batches?: boolean | undefined
}

/** How a loop over a decoder ends. */
export interface DecoderIteratorOptions {
  /** Whether leaving the loop early destroys the decoder, as Node's streams do. @default true */
  readonly destroyOnReturn?: boolean | undefined
}

type WriteCallback = (error: Error | null | undefined) => void

// readable-stream answers `false` to a chunk as large as the mark, and a socket reads 64 KiB at a time.
const WRITABLE_HIGH_WATER_MARK = 131_072

// Bytes that may wait in the parser, which folds small chunks together, before they wait in the stream, which does not.
const WAITING_IN_PARSER = 65_536

// What an array costs is little for each of so many messages, which all fit into the processor's cache: arrays of all that
// a chunk holds take 1.2 times as long (benchmarks/memory.ts).
const BATCH_LENGTH = 128

/**
 * A Transform: bytes go in, however they were cut, and every message comes out as one Buffer, in object mode.
 *
 * A chunk is parsed only as far as the reader takes messages. An error inside it therefore comes after the messages
 * before it, also for a slow reader.
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
export class LengthPrefixDecoder<Message extends Buffer | LongMessage = Buffer> extends Transform {
  readonly #parser: FrameParser
  // Only where there can be long messages: most decoders of a large node never see one.
  readonly #long: LongMessageFeeder | undefined
  readonly #batches: boolean
  // Answers the writer when the chunk it gave is used up, or when the end it told has been judged.
  #callback: TransformCallback | undefined
  #ended = false
  // Whether somebody reads and has room; until then nothing is parsed.
  #isWanted = false
  #detached = false
  // Found behind messages that still wait to be read.
  #failure: Error | undefined
  // Takes messages from the parser itself, instead of having them pushed.
  #iterator: MessageIterator<unknown> | undefined

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options: LengthPrefixDecoderOptions = {}) {
    const batches = options.batches === true
    super({
      readableObjectMode: true,
      writableHighWaterMark: WRITABLE_HIGH_WATER_MARK,
      ...(batches && { readableHighWaterMark: 1 }),
    })
    this.#parser = new FrameParser(options)
    this.#batches = batches
    if (options.streamAbove === undefined) return
    this.#long = new LongMessageFeeder(this.#parser, () => {
      if (!this.destroyed) this.#advance()
    })
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
    return this.#iterate(
      () => undefined,
      () => (this.readableLength > 0 ? ([super.read() as Message | Message[]].flat() as Message[]) : this.#readBatch()),
      options,
    )
  }

  /**
   * Iterates over the messages.
   *
   * @throws {TypeError} If another loop reads the messages already, or the decoder was made with `batches: true`.
   */
  override iterator(options?: DecoderIteratorOptions): MessageIterator<Message> {
    if (this.#batches)
      throw new TypeError('Cannot iterate over single messages of a decoder with batches: use batches()')
    return this.#iterate(
      () => (this.readableLength > 0 ? undefined : (this.#parser.readInChunk() as Message | undefined)),
      () => (this.readableLength > 0 ? (super.read() as Message) : this.#readMessage()),
      options,
    )
  }

  override [Symbol.asyncIterator](): MessageIterator<Message> {
    return this.iterator()
  }

  /** Longest message accepted from now on, in bytes. @throws {TypeError | RangeError} If it is set to what the option cannot be. */
  get maxMessageLength(): number {
    return this.#parser.maxMessageLength
  }

  set maxMessageLength(length: number) {
    this.#parser.maxMessageLength = length
  }

  /**
   * Stops framing behind the message that is being handled, and ends: gives back the bytes behind it, for whoever reads
   * them instead. Call it in a `'data'` listener or a loop, after the source was unpiped.
   *
   * @throws {TypeError} If that is inside a long message.
   *
   * @example
   * socket.unpipe(decoder)
   * socket.unshift(decoder.detach())
   */
  detach(): Buffer {
    const rest = this.#parser.detach()
    // What was written and has not reached the parser. The stream has this property, its types do not; entries that are
    // done are null.
    const { writableBuffer } = this as unknown as { writableBuffer: readonly ({ chunk: Buffer } | null)[] }
    const waiting = writableBuffer.flatMap((entry) => entry?.chunk ?? [])
    this.#detached = true
    this.end()
    this.#advance()
    return Buffer.concat([rest, ...waiting])
  }

  override read(size?: number): ReturnType<Transform['read']> {
    const item: unknown = super.read(size)
    if (this.#failure !== undefined && this.readableLength === 0) this.#fail(this.#failure)
    return item
  }

  // What the reader waits for is parsed at once. The way through Writable ends in the same place.
  override write(chunk: unknown, encoding?: string | WriteCallback, callback?: WriteCallback): boolean {
    const isParsed = encoding === undefined && callback === undefined && this.#parseAtOnce(chunk)
    return isParsed || super.write(chunk, encoding as string, callback)
  }

  // What Transform does here, it does for a _transform that pushes without asking whether there is room.
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (!this.#detached) this.#parser.append(chunk)
    this.#callback = callback
    if (this.#isWanted) this.#advance()
    if (this.#failure === undefined && this.#hasRoom) this.#answer()
  }

  override _flush(callback: TransformCallback): void {
    this.#ended = true
    this.#callback = callback
    if (this.#isWanted) this.#advance()
  }

  override _read(): void {
    this.#isWanted = true
    this.#advance()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (this.#long?.isActive === true)
      this.#long.fail(error ?? new Error('Cannot read long message: its decoder was destroyed'))
    callback(error)
  }

  /** `false` if the chunk has to go the way of all streams: behind others, or to a reader who has enough. */
  #parseAtOnce(chunk: unknown): boolean {
    if (!this.#isWanted || this.#failure !== undefined || !this.#hasRoom) return false
    const isIdle = this.writable && this.writableLength === 0 && this.writableCorked === 0
    if (!isIdle || !(chunk instanceof Uint8Array)) return false
    if (!this.#detached) this.#parser.append(chunk)
    this.#advance()
    return true
  }

  get #hasRoom(): boolean {
    return this.#parser.unreadLength < WAITING_IN_PARSER
  }

  // Hands over what the chunk holds, until the reader has enough.
  #advance(): void {
    if (this.#iterator !== undefined) {
      if (this.#long?.isActive === true) this.#take(() => this.#feed() || undefined)
      this.#iterator.wake()
      return
    }
    try {
      this.#isWanted = this.#push() || this.#detached
      if (!this.#isWanted) return
      if (this.#ended) this.#parser.end()
    } catch (error) {
      // A listener's own error is its own.
      if (!(error instanceof FramingError)) throw error
      this.#long?.fail(error)
      // Destroying a stream throws away what it has buffered: the error waits until that is read.
      if (this.readableLength === 0) this.#fail(error)
      else this.#failure = error
      return
    }
    this.#answer()
  }

  /** Gives messages to the reader; `false` if it, or the reader of a long message, has enough. */
  #push(): boolean {
    for (;;) {
      if (!this.#batches && !this.#pushInChunk()) return false
      const item = this.#batches ? this.#readBatch() : this.#readMessage()
      if (item === undefined) return this.#long?.isFull !== true
      if (!this.#give(item)) return false
    }
  }

  // A loop of its own with little in it, so that the compiler has room to put what reads and what emits into it. Beside all
  // that #readMessage may do it has not, in every other process: 1.4 times the time there (benchmarks/memory.ts).
  #pushInChunk(): boolean {
    for (;;) {
      const message = this.#parser.readInChunk() as Message | undefined
      if (message === undefined) return true
      if (!this.#give(message)) return false
    }
  }

  #give(item: Message | Message[]): boolean {
    // While the stream flows and holds nothing, push() emits too, but takes a third of the decoder's time to get there
    // (benchmarks/memory.ts, 64-byte messages: 2.4 times the bare parser with push() alone, 1.8 so).
    const emitted = this.readableFlowing === true && this.readableLength === 0 && this.emit('data', item)
    const hasRoom = emitted || this.push(item)
    // A listener may have destroyed the stream, stopped framing, or begun a loop.
    return hasRoom && !this.destroyed && !this.#detached && this.#iterator === undefined
  }

  // In Node the parser's messages are Buffers; long ones are what `Message` says besides.
  #readMessage(): Message | undefined {
    if (!this.#feed()) return undefined
    return (this.#parser.read() ?? this.#long?.begin()) as Message | undefined
  }

  #readBatch(): Message[] | undefined {
    if (!this.#feed()) return undefined
    const batch = this.#parser.readBatch(BATCH_LENGTH) as Message[]
    if (batch.length > 0) return batch
    const long = this.#long?.begin()
    return long && [long as Message]
  }

  /** Moves on with the long message that is being read; `true` if there is none, or no longer. */
  #feed(): boolean {
    return this.#long === undefined || this.#long.feed()
  }

  #answer(error?: Error): void {
    const callback = this.#callback
    this.#callback = undefined
    callback?.(error)
  }

  #fail(error: Error): void {
    this.#failure = undefined
    if (this.#callback === undefined) this.destroy(error)
    else this.#answer(error)
  }

  #iterate<T>(
    fast: () => T | undefined,
    read: () => T | undefined,
    { destroyOnReturn = true }: DecoderIteratorOptions = {},
  ): MessageIterator<T> {
    if (this.#iterator !== undefined) throw new TypeError('Cannot iterate: another loop reads the messages already')
    // The parser will find it again when the messages before it are taken.
    this.#failure = undefined
    const iterator = new MessageIterator<T>({
      take: () => fast() ?? this.#take(read),
      release: () => {
        stopListening()
        this.#iterator = undefined
        this.#isWanted = this.readableFlowing === true
        if (destroyOnReturn) this.destroy()
        else if (this.#isWanted) this.#advance()
      },
    })
    const stopListening = finished(this, { writable: false }, (error) => {
      iterator.end(error ? { error } : undefined)
    })
    this.#iterator = iterator
    this.#isWanted = true
    return iterator
  }

  #take<T>(read: () => T | undefined): T | undefined {
    try {
      do {
        const item = read()
        if (item !== undefined) return item
        if (this.#long?.isFull === true) return undefined
        if (this.#ended) this.#parser.end()
      } while (this.#nextChunk())
    } catch (error) {
      this.#long?.fail(error as Error)
      this.#fail(error as Error)
    }
    return undefined
  }

  // Lets the writer go on; `true` if it had the next chunk at hand.
  #nextChunk(): boolean {
    if (!this.#isWriterWaiting) return false
    this.#answer()
    // Nothing is pushed, so nobody else would make the stream emit 'end'.
    if (this.#ended) this.resume()
    return this.#isWriterWaiting
  }

  get #isWriterWaiting(): boolean {
    return this.#callback !== undefined
  }
}
