import type * as node from 'node:stream'
import { FramingError } from '../errors.js'
import type { FrameLayout } from '../frame/frame-layout.js'
import type { FrameParser } from '../frame/frame-parser.js'
import { chunkOf, lastChunkOf } from './chunk-of.js'
import { isDestroyedByReader, rememberSource } from './destroyed-by.js'
import { type AnyMessage, MessageReader } from './message-reader.js'
import { Transform } from './readable-stream.js'
import { writtenAhead } from './written-ahead.js'

/** Takes messages from a decoder by itself, as loops do. */
export interface MessageTaker {
  /** There may be some: more has arrived, or the end. May be called while it takes. */
  wake(): void
}

type WriteCallback = (error: Error | null | undefined) => void

// readable-stream answers `false` to a chunk as large as the mark, and a socket reads 64 KiB at a time.
const WRITABLE_HIGH_WATER_MARK = 131_072

// Bytes that may wait in the parser, which folds small chunks together, before they wait in the stream, which does not.
const WAITING_IN_PARSER = 65_536

/**
 * A Transform that parses a chunk only as far as messages are taken: by the stream itself, as long as it has room, or by a
 * taker that asks for each.
 *
 *                               #messages   #demand   #waiting       #failure
 *     nothing is asked for      reader      none      –              –
 *     hungry                    reader      stream    –              –
 *     held back                 reader      none      chunk or end   –
 *     read by a taker           reader      taker     any            –
 *     failed behind messages    reader      none      any            error
 *     detached, or given up     –           any       any            –
 */
export abstract class MessageTransform<Message extends AnyMessage> extends Transform {
  // Says what comes next; undefined where nothing does any more.
  #messages: MessageReader | undefined
  // What takes messages: the stream, as long as it has room, or a taker, until it is released.
  #demand: 'none' | 'stream' | MessageTaker = 'none'
  // Callback of _write or _flush that is still owed: when the chunk is used up, or the end was found clean.
  #waiting: { readonly callback: node.TransformCallback; readonly isEnd: boolean } | undefined
  // Raised when the messages before it have been read.
  #failure: Error | undefined

  constructor(layout: FrameLayout) {
    super({ readableObjectMode: true, writableHighWaterMark: WRITABLE_HIGH_WATER_MARK })
    this.#messages = new MessageReader(layout, () => {
      if (!this.destroyed) this.#advance()
    })
    rememberSource(this)
  }

  /** @internal What says what comes next; undefined where nothing does any more. */
  get messages(): MessageReader | undefined {
    return this.#messages
  }

  /** @internal Bytes that arrived and are not part of a message yet. */
  get unreadLength(): number {
    return this.#messages?.unreadLength ?? 0
  }

  /**
   * @internal From now on `taker` takes the messages.
   * @throws {TypeError} If another one does already.
   */
  handTo(taker: MessageTaker): void {
    if (typeof this.#demand === 'object') throw new TypeError('Cannot iterate: another loop reads the messages already')
    // The parser will find it again when the messages before it are taken.
    this.#failure = undefined
    this.#demand = taker
  }

  /** @internal The taker takes no more: the stream goes on by itself, if it flows. */
  takeBack(): void {
    this.#demand = this.readableFlowing === true && !this.destroyed ? 'stream' : 'none'
    this.#advance()
  }

  /** @internal What the stream had buffered before a taker came. */
  takeBuffered(): Message | undefined {
    const isGivenUp = this.destroyed && this.#messages === undefined
    if (isGivenUp || this.readableLength === 0) return undefined
    return (super.read() as Message | null) ?? undefined
  }

  /** @internal What `read` finds in the chunks that are here; `undefined` until the taker is woken. */
  takeFrom<T>(read: (messages: MessageReader) => T | undefined): T | undefined {
    try {
      for (let messages = this.#messages; messages !== undefined; messages = this.#messages) {
        const item = read(messages)
        if (item !== undefined) return item
        if (messages.isHeldUp || this.#waiting === undefined) return undefined
        if (this.#waiting.isEnd) messages.end()
        // The writer may have the next chunk at hand.
        this.#releaseWriter()
      }
    } catch (error) {
      this.#messages?.fail(error as Error)
      this.#fail(error as Error)
    }
    return undefined
  }

  /** @internal Stops framing: what is written from now on is thrown away, and the stream ends. */
  stopFraming(): void {
    this.#giveUp()
    this.end()
    this.#releaseWriter()
  }

  override read(size?: number): ReturnType<node.Transform['read']> {
    const item: unknown = super.read(size)
    if (this.#failure !== undefined && this.readableLength === 0) this.#fail(this.#failure)
    return item
  }

  // Fast path. Where messages are wanted and nothing is queued, parse now; `super.write` would end in the same `#advance`.
  override write(chunk: unknown, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    const bytes = chunkOf(chunk)
    const isParsed = encoding === undefined && callback === undefined && this.#parseAtOnce(bytes)
    return isParsed || super.write(bytes, encoding as BufferEncoding, callback)
  }

  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    // The cast: whatever end() takes is handed on as it is, but for bytes of another realm, and what is no chunk.
    return super.end(lastChunkOf(chunk), encoding as BufferEncoding, callback as () => void)
  }

  // Replaces Transform's `_write`, which calls back before the chunk is used up.
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: node.TransformCallback): void {
    this.#messages?.append(chunk)
    this.#waiting = { callback, isEnd: false }
    this.#advance()
    if (this.#failure === undefined && this.unreadLength < WAITING_IN_PARSER) this.#releaseWriter()
  }

  override _flush(callback: node.TransformCallback): void {
    this.#waiting = { callback, isEnd: true }
    if (this.#messages === undefined) this.#releaseWriter()
    else this.#advance()
  }

  override _read(): void {
    if (this.#demand === 'none' && this.#messages !== undefined && !this.destroyed) this.#demand = 'stream'
    this.#advance()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const reason = error ?? new Error('Cannot read long message: its decoder was destroyed')
    if (isDestroyedByReader(this, error)) {
      this.#messages?.abandon(reason)
      this.#giveUp()
    } else {
      // What arrived before the error is read before it.
      for (const chunk of writtenAhead(this)) this.#messages?.append(chunk as Buffer)
      this.#messages?.fail(reason)
    }
    if (this.#demand === 'stream') this.#demand = 'none'
    callback(error)
  }

  /** `false` if the chunk must take the normal path through Writable: behind others, or to a reader who has enough. */
  #parseAtOnce(chunk: unknown): boolean {
    if (this.#messages === undefined || this.#demand === 'none' || this.#failure !== undefined) return false
    const isIdle = this.writable && this.writableLength === 0 && this.writableCorked === 0
    if (!isIdle || !(chunk instanceof Uint8Array) || this.unreadLength >= WAITING_IN_PARSER) return false
    this.#messages.append(chunk)
    this.#advance()
    return true
  }

  // Hands over what the chunk holds, as far as there is room for it.
  #advance(): void {
    const demand = this.#demand
    if (typeof demand === 'object') {
      // Its pieces come also while the taker does not ask for what is behind it.
      if (this.#messages?.isInLong === true) this.takeFrom((messages) => messages.feed() || undefined)
      demand.wake()
    } else if (demand === 'stream' && this.#push()) {
      this.#releaseWriter()
    }
  }

  /** Gives messages to the stream; `true` if the chunk is used up, or the end was found clean. */
  #push(): boolean {
    const messages = this.#messages
    try {
      while (messages !== undefined && this.#pushInChunk(messages.parser)) {
        const item = messages.read()
        if (item === undefined) {
          if (messages.isHeldUp) return false
          if (this.#waiting?.isEnd === true) messages.end()
          return true
        }
        if (!this.#give(item)) break
      }
    } catch (error) {
      // Thrown by a 'data' listener: not ours to report.
      if (!(error instanceof FramingError)) throw error
      messages?.fail(error)
      // Destroying a stream throws away what it has buffered.
      if (this.readableLength === 0) this.#fail(error)
      else this.#failure = error
    }
    if (this.#demand === 'stream') this.#demand = 'none'
    return false
  }

  // A loop of its own with little in it, so that the compiler has room to put what reads and what emits into it. Beside all
  // that `read` may do it has not, in every other process: 1.4 times the time there (benchmarks/memory.ts).
  #pushInChunk(parser: FrameParser): boolean {
    for (;;) {
      const message = parser.readInChunk()
      if (message === undefined) return true
      if (!this.#give(message)) return false
    }
  }

  #give(item: unknown): boolean {
    // While the stream flows and holds nothing, push() emits too, but takes a third of the decoder's time to get there
    // (benchmarks/memory.ts, 64-byte messages: 2.4 times the bare parser with push() alone, 1.8 so).
    const isEmitted = this.readableFlowing === true && this.readableLength === 0 && this.emit('data', item)
    const hasRoom = isEmitted || this.push(item)
    // A listener may have destroyed the stream, stopped framing, or begun a loop.
    return hasRoom && this.#demand === 'stream'
  }

  #giveUp(): void {
    this.#messages = undefined
    if (this.#demand === 'stream') this.#demand = 'none'
  }

  #releaseWriter(error?: Error): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.callback(error)
    // To a taker nothing is pushed, so that nothing else would make the stream emit 'end'.
    if (error === undefined && waiting?.isEnd === true && typeof this.#demand === 'object') this.resume()
  }

  #fail(error: Error): void {
    this.#failure = undefined
    if (this.#waiting === undefined) this.destroy(error)
    else this.#releaseWriter(error)
  }
}
