import { Duplex } from 'node:stream'

/** What a program gets to read in one go: bytes, or `null` for the end. */
export interface Piece {
  readonly bytes: Buffer | null
  /** Called when the program has read it, or with the reason why it will not. */
  readonly done?: ((error?: Error) => void) | undefined
}

/**
 * The program's end of a scripted connection.
 *
 * It is given one piece at a time, each in a turn of the event loop of its own, so that no reader gets two of them merged.
 */
export class ScriptedDuplex extends Duplex {
  readonly #pieces: Piece[] = []
  // The piece that the program has, or is about to get.
  #given: Piece | undefined
  #isAsked = false
  #written = Buffer.alloc(0)
  #isStalled = false
  // Takes what the program has written; kept back while stalled.
  #take: (() => void) | undefined
  #isOver = false
  readonly #onChange: () => void

  /** @param onChange Called when the program has written something, or will write no more. */
  constructor(onChange: () => void) {
    // A mark of 0: asked for more only when everything was taken.
    super({ readableHighWaterMark: 0 })
    this.#onChange = onChange
  }

  /** What the program has written, less what was forgotten. */
  get written(): Buffer {
    return this.#written
  }

  /** Whether the program will write no more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether what the program writes is left waiting. */
  set isStalled(isStalled: boolean) {
    this.#isStalled = isStalled
    this.#takeWritten()
  }

  /** Forgets the first bytes that the program has written. */
  forget(length: number): void {
    this.#written = this.#written.subarray(length)
  }

  /** Queues what the program reads next. */
  give(...pieces: readonly Piece[]): void {
    this.#pieces.push(...pieces)
    if (this.destroyed) this.#discard()
    else this.#giveNext()
  }

  override read(size?: number): unknown {
    const bytes: unknown = super.read(size)
    if (bytes !== null) this.#onRead()
    return bytes
  }

  override _read(): void {
    this.#isAsked = true
    this.#giveNext()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#take = () => {
      this.#written = Buffer.concat([this.#written, bytes])
      callback()
      this.#onChange()
    }
    this.#takeWritten()
  }

  override _final(callback: () => void): void {
    this.#isOver = true
    callback()
    this.#onChange()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#isOver = true
    callback(error)
    this.#discard()
    this.#onChange()
  }

  #discard(): void {
    const lost = [this.#given, ...this.#pieces.splice(0)]
    this.#given = undefined
    for (const piece of lost) piece?.done?.(new Error('Cannot deliver: the connection is closed'))
  }

  #giveNext(): void {
    if (!this.#isAsked || this.#given !== undefined) return
    const piece = this.#pieces.shift()
    if (piece === undefined) return
    this.#given = piece
    this.#isAsked = false
    setImmediate(() => {
      if (this.destroyed) return
      this.push(piece.bytes)
      // To a listener push() emits at once, and read() is not called.
      this.#onRead()
    })
  }

  #onRead(): void {
    if (this.readableLength > 0) return
    const piece = this.#given
    this.#given = undefined
    piece?.done?.()
    this.#giveNext()
  }

  #takeWritten(): void {
    if (this.#isStalled) return
    const take = this.#take
    this.#take = undefined
    take?.()
  }
}
