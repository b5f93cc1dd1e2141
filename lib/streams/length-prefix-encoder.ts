import type { TransformCallback } from 'node:stream'
import { Transform } from 'readable-stream'
import { FrameEncoder } from '../frame/frame-encoder.js'
import type { EncodeOptions } from '../frame/frame-options.js'
import { FramePacker } from '../frame/frame-packer.js'
import { LongFrame } from '../frame/long-frame.js'
import { isLongMessageSource, type LongMessageSource, RawFrames } from './encoder-input.js'

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

// pipe() does not cork: a message by reference costs two system calls, which is slower than copying up to here.
const COPY_LIMIT = 32_768

// Room for four full slabs, so that filling the next one overlaps with writing the last one.
const READABLE_HIGH_WATER_MARK = 262_144

/**
 * A Transform: each message written comes out as a frame. The frames of one tick leave together.
 *
 * A message may come in pieces: see {@link LongMessageSource}. Those behind it wait for its end. A message that the layout
 * cannot carry, or whose pieces are not as many bytes as it said, ends the stream with the error, as streams do.
 *
 * @example
 * const encoder = new LengthPrefixEncoder()
 * encoder.pipe(socket)
 * encoder.write(Buffer.from('hello'))
 */
export class LengthPrefixEncoder extends Transform {
  readonly #encoder: FrameEncoder
  readonly #packer: FramePacker
  #flushScheduled = false
  // Held back from the writer until the reader has made room.
  #callback: TransformCallback | undefined

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options: LengthPrefixEncoderOptions = {}) {
    super({ writableObjectMode: true, readableHighWaterMark: READABLE_HIGH_WATER_MARK })
    const { copyLimit = COPY_LIMIT } = options
    if (!(copyLimit >= 0)) throw new RangeError(`Cannot use copyLimit: expected at least 0, got ${copyLimit}`)
    this.#encoder = new FrameEncoder(options)
    this.#packer = new FramePacker(this.#encoder, copyLimit, (bytes) => this.#give(bytes))
  }

  /** Lets out at once what would leave at the end of the tick. */
  flush(): void {
    this.#flushScheduled = false
    if (!this.destroyed) this.#packer.flush()
  }

  // A message for which there is room is packed at once. The way through Writable ends in the same place, and makes the
  // encoder 1.4 times slower with small messages (benchmarks/memory.ts).
  override write(message: unknown, encoding?: string | WriteCallback, callback?: WriteCallback): boolean {
    const isPacked = encoding === undefined && callback === undefined && this.#packAtOnce(message)
    return isPacked || super.write(message, encoding as string, callback)
  }

  // What Transform does here, it does for a _transform that pushes without asking whether there is room.
  override _write(
    message: Uint8Array | LongMessageSource | RawFrames,
    _encoding: BufferEncoding,
    callback: TransformCallback,
  ): void {
    if (isLongMessageSource(message)) {
      this.#writeLong(message).then(() => callback(), callback)
      return
    }
    try {
      if (message instanceof RawFrames) this.#packer.addBytes(message.bytes)
      else this.#packer.add(message)
    } catch (error) {
      callback(error as Error)
      return
    }
    this.#scheduleFlush()
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
    callback(error)
    // Whoever waits for room waits in vain now.
    this.#callback?.()
  }

  /** `false` if the message has to go the way of all streams: behind others, or into an error. */
  #packAtOnce(message: unknown): boolean {
    const isIdle = this.writable && this.writableLength === 0 && this.writableCorked === 0
    if (!isIdle || !(message instanceof Uint8Array) || this.readableLength >= READABLE_HIGH_WATER_MARK) return false
    try {
      this.#packer.add(message)
    } catch {
      return false
    }
    this.#scheduleFlush()
    return true
  }

  #give(bytes: Uint8Array): void {
    // While the stream flows and holds nothing, push() emits too, by a longer way (benchmarks/round-trip.ts), and asks for
    // more then.
    const isFlowing = this.readableFlowing === true && this.readableLength === 0 && this.readableEncoding === null
    if (isFlowing && this.emit('data', bytes)) this._read()
    else this.push(bytes)
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    process.nextTick(flush, this)
  }

  async #writeLong(message: LongMessageSource): Promise<void> {
    this.#packer.flush()
    const frame = new LongFrame(this.#encoder, message.length)
    for await (const piece of message) {
      for (const bytes of frame.write(piece)) await this.#pushInTurn(bytes)
      if (this.destroyed) return
    }
    for (const bytes of frame.end()) await this.#pushInTurn(bytes)
  }

  async #pushInTurn(bytes: Uint8Array): Promise<void> {
    if (this.destroyed || this.push(bytes)) return
    await new Promise<void>((resolve) => {
      this.#callback = () => resolve()
    })
  }
}

// One function for all encoders: a closure for each would cost every idle peer.
function flush(encoder: LengthPrefixEncoder): void {
  encoder.flush()
}
