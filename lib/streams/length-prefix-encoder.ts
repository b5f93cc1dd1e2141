import type { TransformCallback } from 'node:stream'
import { assertBytes } from '../arguments.js'
import { closeIterable } from '../async/close-iterable.js'
import { EndOfTick } from '../async/end-of-tick.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import { resolveLayout } from '../frame/frame-layout.js'
import type { EncodeOptions } from '../frame/frame-options.js'
import { FramePacker } from '../frame/frame-packer.js'
import { isLongMessageSource, type LongMessageSource } from '../frame/long-message.js'
import { LongMessageWriter, type PushBytes } from './long-message-writer.js'
import { Transform } from './readable-stream.js'
import { writtenAhead } from './written-ahead.js'

/** {@link EncodeOptions} of the stream. */
export interface LengthPrefixEncoderOptions extends EncodeOptions {
  /**
   * Messages up to this many bytes are copied, so that those of one tick leave in one write; longer ones pass by
   * reference and must not be changed before they are written out. Where the destination is corked for the tick, 2048
   * is faster. @default 32768
   */
  readonly copyLimit?: number | undefined
}

type WriteCallback = (error: Error | null | undefined) => void

// Room for four full slabs, so that filling the next one overlaps with writing the last one.
const READABLE_HIGH_WATER_MARK = 262_144

/**
 * A Transform: each message written comes out as a frame. The frames of one tick leave together.
 *
 * A message may come in pieces: see {@link LongMessageSource}. Those behind it wait for its end. A message that the layout
 * cannot carry, or whose pieces are not as many bytes as it said, ends the stream with the error, as streams do. A source
 * that is not read to its end is closed, also one that still waits.
 *
 * @example
 * const encoder = new LengthPrefixEncoder()
 * encoder.pipe(socket)
 * encoder.write(Buffer.from('hello'))
 */
export class LengthPrefixEncoder extends Transform {
  readonly #encoder: FrameEncoder
  readonly #packer: FramePacker
  readonly #endOfTick: EndOfTick<LengthPrefixEncoder>
  // The long message that is being written.
  #long: LongMessageWriter | undefined
  // Callback of _write, or of a long message, that is held back until the reader has made room.
  #callback: (() => void) | undefined

  /**
   * @throws {TypeError} If an option is unknown or has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: LengthPrefixEncoderOptions) {
    super({ writableObjectMode: true, readableHighWaterMark: READABLE_HIGH_WATER_MARK })
    const layout = resolveLayout(options)
    this.#encoder = new FrameEncoder(layout)
    this.#packer = new FramePacker(this.#encoder, layout.copyLimit, (bytes, frames) => this.#give(bytes, frames))
    this.#endOfTick = new EndOfTick<LengthPrefixEncoder>(this, flush)
  }

  /** Lets out at once what would leave at the end of the tick. */
  flush(): void {
    if (!this.destroyed) this.#packer.flush()
  }

  /**
   * @internal Packs a message now, to leave with the next {@link flush}. Call it while nothing waits in the stream.
   * @throws {TypeError | FramingError} If it cannot be framed. The stream is then as it was.
   */
  add(message: Uint8Array): void {
    this.#packer.add(message)
  }

  /**
   * @internal Frames a message that comes in pieces. Its bytes go to `push`, and not through the stream.
   * @throws {TypeError | RangeError | FramingError} If it cannot be framed. Its source is closed then.
   */
  addLong(source: LongMessageSource, push: PushBytes): LongMessageWriter {
    return new LongMessageWriter(this.#encoder, source, push)
  }

  /** @internal Bytes that are packed and have not left. */
  get packedLength(): number {
    return this.#packer.length
  }

  // A message for which there is room is packed at once. The way through Writable ends in the same place, and makes the
  // encoder 1.4 times slower with small messages (benchmarks/memory.ts).
  override write(message: unknown, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    const isPacked = encoding === undefined && callback === undefined && this.#packAtOnce(message)
    return isPacked || this.#writeInTurn(message, encoding, callback)
  }

  // Replaces Transform's `_write`, which calls back although there is no room.
  override _write(message: unknown, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (isLongMessageSource(message)) {
      this.#writeLong(message).then(() => callback(), callback)
      return
    }
    try {
      // What is no message is refused by it.
      this.#packer.add(message as Uint8Array)
    } catch (error) {
      callback(error as Error)
      return
    }
    this.#endOfTick.plan()
    if (this.readableLength < READABLE_HIGH_WATER_MARK) callback()
    else this.#callback = callback
  }

  override _flush(callback: TransformCallback): void {
    this.flush()
    callback()
  }

  override _read(): void {
    const callback = this.#callback
    this.#callback = undefined
    callback?.()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#long?.stop(error ?? new Error('Cannot write long message: its encoder was destroyed'))
    for (const message of writtenAhead(this)) closeIfLong(message)
    callback(error)
    // Releases a writer that waits for room: there will be none.
    this.#callback?.()
  }

  #writeInTurn(message: unknown, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    // Writable takes null for the end of a stream, and would say so.
    if (message === null) assertBytes(message, 'encode message')
    if (!this.writable) closeIfLong(message)
    return super.write(message, encoding as BufferEncoding, callback)
  }

  /** `false` if the message must take the normal path through Writable: behind others, or into an error. */
  #packAtOnce(message: unknown): boolean {
    const isIdle = this.writable && this.writableLength === 0 && this.writableCorked === 0
    if (!isIdle || !(message instanceof Uint8Array) || this.readableLength >= READABLE_HIGH_WATER_MARK) return false
    try {
      this.#packer.add(message)
    } catch {
      return false
    }
    this.#endOfTick.plan()
    return true
  }

  #give(bytes: Uint8Array, frames: number): void {
    // A message that passes by reference may be any Uint8Array; streams give Buffers.
    const piece = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    // While the stream flows and holds nothing, push() emits too, by a longer way (benchmarks/round-trip.ts), and asks for
    // more then. `frames` is for listeners of ours; a piece that waits in the stream goes without.
    const isFlowing = this.readableFlowing === true && this.readableLength === 0 && this.readableEncoding === null
    if (isFlowing && this.emit('data', piece, frames)) this._read()
    else this.push(piece)
  }

  async #writeLong(message: LongMessageSource): Promise<void> {
    this.#packer.flush()
    const writer = new LongMessageWriter(this.#encoder, message, (bytes, frames) => this.#giveInTurn(bytes, frames))
    this.#long = writer
    await writer.write()
    this.#long = undefined
  }

  #giveInTurn(bytes: Uint8Array, frames: number): Promise<void> | undefined {
    this.#give(bytes, frames)
    if (this.destroyed || this.readableLength < READABLE_HIGH_WATER_MARK) return undefined
    return new Promise((resolve) => {
      this.#callback = resolve
    })
  }
}

// One function for all encoders: a closure for each would cost every idle peer.
function flush(encoder: LengthPrefixEncoder): void {
  encoder.flush()
}

function closeIfLong(message: unknown): void {
  if (isLongMessageSource(message)) void closeIterable(message)
}
