import { closeIterable } from '../async/close-iterable.js'
import { turn } from '../async/turn.js'
import type { FrameEncoder } from '../frame/frame-encoder.js'
import { LongFrameWriter } from '../frame/long-frame-writer.js'
import type { LongMessageSource } from '../frame/long-message.js'

/**
 * Takes the next bytes of a frame; what it answers is waited for before more come.
 *
 * @param frames 1 with the last bytes of the frame, 0 with those before them.
 */
export type PushBytes = (bytes: Uint8Array, frames: number) => void | Promise<void>

/**
 * Writes the frame of one long message, as fast as its bytes are taken. Whatever ends it before its source has ended, the
 * source is closed.
 */
export class LongMessageWriter {
  readonly #frame: LongFrameWriter
  readonly #source: LongMessageSource
  readonly #push: PushBytes
  #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined
  // Whether the source has ended or failed by itself, or has been closed.
  #isOver = false
  #isStopped = false
  #reject: ((reason: Error) => void) | undefined

  /** @throws {TypeError | RangeError | FramingError} If the layout cannot carry so long a message. The source is closed. */
  constructor(encoder: FrameEncoder, source: LongMessageSource, push: PushBytes) {
    this.#source = source
    this.#push = push
    try {
      this.#frame = new LongFrameWriter(encoder, source.length)
    } catch (error) {
      void closeIterable(source)
      throw error
    }
  }

  /**
   * Resolves when the whole frame has been pushed. Call it once.
   *
   * @throws What the source throws, or what {@link stop} was given.
   * @throws {FramingError} If the layout cannot carry the message. Nothing has been pushed.
   * @throws {RangeError} If the pieces are not as many bytes as the source announced.
   */
  write(): Promise<void> {
    return new Promise((resolve, reject) => {
      // A source that does not answer must not hold up what stops it.
      this.#reject = reject
      this.#writePieces().then(resolve, reject)
    })
  }

  /** Pushes nothing more, closes the source, and lets {@link write} reject with the reason. */
  stop(reason: Error): void {
    this.#isStopped = true
    this.#close()
    this.#reject?.(reason)
  }

  async #writePieces(): Promise<void> {
    try {
      for (let piece = await this.#nextPiece(); piece !== undefined; piece = await this.#nextPiece()) {
        await this.#pushAll(this.#frame.write(piece))
        if (turn.isOver()) await turn.pass()
      }
      if (!this.#isStopped) await this.#pushAll(this.#frame.end())
    } catch (error) {
      this.#close()
      throw error
    }
  }

  async #nextPiece(): Promise<Uint8Array | undefined> {
    if (this.#isStopped) return undefined
    try {
      this.#iterator ??= iteratorOf(this.#source)
      const next: IteratorResult<Uint8Array, unknown> = await this.#iterator.next()
      if (next.done !== true) return next.value
    } catch (error) {
      this.#isOver = true
      throw error
    }
    this.#isOver = true
    return undefined
  }

  async #pushAll(pieces: Iterable<Uint8Array>): Promise<void> {
    for (const bytes of pieces) {
      if (this.#isStopped) return
      await this.#push(bytes, this.#frame.isComplete ? 1 : 0)
    }
  }

  #close(): void {
    if (this.#isOver) return
    this.#isOver = true
    void closeIterable(this.#source, this.#iterator)
  }
}

function iteratorOf(source: LongMessageSource): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
}
