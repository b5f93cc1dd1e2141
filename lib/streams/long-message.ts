import { Readable } from 'readable-stream'

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

  /** @internal Says that no more will come. It is told behind the bytes before it, and not before somebody reads. */
  fail(error: Error): void {
    this.#failure = error
    if (this.readableFlowing !== null) this.#tell()
  }

  override read(size?: number): ReturnType<Readable['read']> {
    const piece: unknown = super.read(size)
    this.#tell()
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

  #tell(): void {
    if (this.#failure !== undefined && this.readableLength === 0) this.destroy(this.#failure)
  }
}
