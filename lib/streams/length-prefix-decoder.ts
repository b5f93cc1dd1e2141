import type { TransformCallback } from 'node:stream'
import { finished, Transform } from 'readable-stream'
import type { FrameOptions } from '../frame/frame-options.js'
import { FrameParser } from '../frame/frame-parser.js'
import { MessageIterator } from './message-iterator.js'

/** {@link FrameOptions} of the stream. */
export interface LengthPrefixDecoderOptions extends FrameOptions {
  /**
   * `true`: `'data'`, `read()` and `pipe` give arrays of messages, each with those that one chunk completed. An array
   * costs the stream as much as a single message does. @default false
   */
  readonly batches?: boolean | undefined
}

/** How a loop over a decoder ends. */
export interface DecoderIteratorOptions {
  /** Whether leaving the loop early destroys the decoder, as Node's streams do. @default true */
  readonly destroyOnReturn?: boolean | undefined
}

// readable-stream answers `false` to a chunk as large as the mark, and a socket reads 64 KiB at a time.
const WRITABLE_HIGH_WATER_MARK = 262_144

/**
 * A Transform: bytes go in, however they were cut, and every message comes out as one Buffer, in object mode.
 *
 * A chunk is parsed only as far as the reader takes messages. An error inside it therefore comes after the messages
 * before it, also for a slow reader.
 *
 * @example
 * socket.pipe(new LengthPrefixDecoder()).on('data', (message) => console.log(message))
 *
 * @example
 * for await (const message of socket.pipe(new LengthPrefixDecoder())) console.log(message)
 */
export class LengthPrefixDecoder extends Transform {
  readonly #parser: FrameParser
  readonly #batches: boolean
  // Answers the writer when the chunk it gave is used up, or when the end it told has been judged.
  #callback: TransformCallback | undefined
  #ended = false
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
  }

  /**
   * Iterates over the messages in arrays, each with those that one chunk completed. Faster than one at a time.
   *
   * @throws {TypeError} If another loop reads the messages already.
   *
   * @example
   * for await (const batch of decoder.batches()) for (const message of batch) console.log(message)
   */
  batches(options?: DecoderIteratorOptions): MessageIterator<Buffer[]> {
    return this.#iterate(
      () => (this.readableLength > 0 ? [super.read() as Buffer | Buffer[]].flat() : this.#readBatch()),
      options,
    )
  }

  /**
   * Iterates over the messages.
   *
   * @throws {TypeError} If another loop reads the messages already, or the decoder was made with `batches: true`.
   */
  override iterator(options?: DecoderIteratorOptions): MessageIterator<Buffer> {
    if (this.#batches)
      throw new TypeError('Cannot iterate over single messages of a decoder with batches: use batches()')
    return this.#iterate(() => (this.readableLength > 0 ? (super.read() as Buffer) : this.#readMessage()), options)
  }

  override [Symbol.asyncIterator](): MessageIterator<Buffer> {
    return this.iterator()
  }

  override read(size?: number): ReturnType<Transform['read']> {
    const item: unknown = super.read(size)
    if (this.#failure !== undefined && this.readableLength === 0) this.#answer(this.#failure)
    return item
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#parser.append(chunk)
    this.#callback = callback
    this.#advance()
  }

  override _flush(callback: TransformCallback): void {
    this.#ended = true
    this.#callback = callback
    this.#advance()
  }

  override _read(size: number): void {
    if (this.#callback !== undefined) this.#advance()
    // Transform may hold the answer back in turn, and is not asked again before something is pushed.
    super._read(size)
  }

  // Hands over what the chunk holds, until the reader has enough.
  #advance(): void {
    if (this.#iterator !== undefined) {
      this.#iterator.wake()
      return
    }
    try {
      if (!this.#push()) return
      if (this.#ended) this.#parser.end()
    } catch (error) {
      // Destroying a stream throws away what it has buffered: the error waits until that is read.
      if (this.readableLength === 0) this.#answer(error as Error)
      else this.#failure = error as Error
      return
    }
    this.#answer()
  }

  /** Gives messages to the reader; `false` if it has enough. */
  #push(): boolean {
    if (!this.#batches) return this.#parser.readEach((message) => this.#give(message as Buffer))
    for (let batch = this.#readBatch(); batch !== undefined; batch = this.#readBatch()) {
      if (!this.#give(batch)) return false
    }
    return true
  }

  #give(item: Buffer | Buffer[]): boolean {
    // While the stream flows and holds nothing, push() emits too, but takes a third of the decoder's time to get there
    // (benchmarks/memory.ts, 64-byte messages: 2.4 times the bare parser with push() alone, 1.8 so).
    const emitted = this.readableFlowing === true && this.readableLength === 0 && this.emit('data', item)
    // A listener may have destroyed the stream, or begun a loop.
    return (emitted || this.push(item)) && !this.destroyed && this.#iterator === undefined
  }

  // In Node the parser's messages are Buffers.
  #readMessage(): Buffer | undefined {
    return this.#parser.read() as Buffer | undefined
  }

  #readBatch(): Buffer[] | undefined {
    const batch = this.#parser.readBatch() as Buffer[]
    return batch.length > 0 ? batch : undefined
  }

  #answer(error?: Error): void {
    const callback = this.#callback
    this.#callback = undefined
    this.#failure = undefined
    callback?.(error)
  }

  #iterate<T>(read: () => T | undefined, { destroyOnReturn = true }: DecoderIteratorOptions = {}): MessageIterator<T> {
    if (this.#iterator !== undefined) throw new TypeError('Cannot iterate: another loop reads the messages already')
    // The parser will find it again when the messages before it are taken.
    this.#failure = undefined
    const iterator = new MessageIterator<T>({
      take: () => this.#take(read),
      release: () => {
        stopListening()
        this.#iterator = undefined
        if (destroyOnReturn) this.destroy()
        else this.#advance()
      },
    })
    const stopListening = finished(this, { writable: false }, (error) => {
      iterator.end(error ? { error } : undefined)
    })
    this.#iterator = iterator
    return iterator
  }

  #take<T>(read: () => T | undefined): T | undefined {
    try {
      do {
        const item = read()
        if (item !== undefined) return item
        if (this.#ended) this.#parser.end()
      } while (this.#nextChunk())
    } catch (error) {
      this.#answer(error as Error)
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
