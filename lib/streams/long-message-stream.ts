import type * as node from 'node:stream'
import { Readable } from './readable-stream.js'

/**
 * A message that is too long to be held in memory: its bytes as they arrive, `length` of them.
 *
 * The messages behind it come when it has been read to its end, or destroyed. It fails with the error of its decoder.
 */
export class LongMessage extends Readable {
  /** Bytes of the whole message. */
  readonly length: number
  /** The header bytes that the layout keeps in the message: a look ahead, since they are its first bytes too. */
  readonly header: Buffer
  readonly #askForMore: () => void
  #wantsMore = true
  #receivedLength = 0
  #failure: Error | undefined
  #isAbandoned = false

  /** @internal Decoders make long messages. */
  constructor(length: number, header: Buffer, askForMore: () => void) {
    super()
    this.length = length
    this.header = header
    this.#askForMore = askForMore
  }

  /** Bytes of it that have arrived. */
  get receivedLength(): number {
    return this.#receivedLength
  }

  /** @internal Whether its reader has room; a reader who has left has. */
  get wantsMore(): boolean {
    return this.#wantsMore || this.destroyed
  }

  /** @internal Adds a piece. */
  add(piece: Uint8Array): void {
    this.#receivedLength += piece.length
    if (!this.destroyed) this.#wantsMore = this.push(piece)
  }

  /** @internal Says that the last piece has been added. */
  finish(): void {
    if (!this.destroyed) this.push(null)
  }

  /** @internal Says that no more will come. Raised behind the bytes before it, once they are read. */
  fail(error: Error): void {
    this.#failure = error
    if (this.readableFlowing !== null) this.#raise()
  }

  /** @internal Says that nothing more will be given, not even what is here: its decoder was destroyed by its reader. */
  abandon(error: Error): void {
    this.#isAbandoned = true
    this.fail(error)
  }

  override read(size?: number): ReturnType<node.Readable['read']> {
    const piece: unknown = this.#isAbandoned ? null : super.read(size)
    this.#raise()
    return piece
  }

  override _read(): void {
    this.#wantsMore = true
    // Not at once: the messages behind this one would come while a listener still looks at it.
    process.nextTick(this.#askForMore)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error)
    process.nextTick(this.#askForMore)
  }

  #raise(): void {
    if (this.#failure !== undefined && (this.#isAbandoned || this.readableLength === 0)) this.destroy(this.#failure)
  }
}
