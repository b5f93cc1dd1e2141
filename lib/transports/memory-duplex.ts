import { Duplex } from 'node:stream'
import { turn } from '../async/turn.js'

type Callback = (error?: Error | null) => void

/**
 * One end of a connection inside this process, which behaves as a socket does: it has room for so much, an end leaves the
 * other side open, bytes are copied when they are written, and who destroys one end ends or resets the other.
 */
export class MemoryDuplex extends Duplex {
  #other: MemoryDuplex | undefined
  // Called when the other side has taken what was written.
  #onTaken: Callback | undefined
  #hasEnded = false

  private constructor() {
    super({ highWaterMark: 65_536 })
  }

  /** Two ends of one connection. */
  static pair(): [MemoryDuplex, MemoryDuplex] {
    const [one, other] = [new MemoryDuplex(), new MemoryDuplex()]
    one.#other = other
    other.#other = one
    return [one, other]
  }

  /** Closes at once, as a socket's method of this name: the other side gets ECONNRESET. */
  resetAndDestroy(): this {
    const other = this.#other
    this.#hasEnded = true
    this.destroy()
    other?.destroy(systemError('ECONNRESET', 'read'))
    return this
  }

  override _read(): void {
    const other = this.#other
    if (other !== undefined) other.#answer()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    // Two ends that answer each other would keep everything else waiting, since no system is in between.
    if (turn.isOver()) turn.next(() => this.#pass(bytes, callback))
    else this.#pass(bytes, callback)
  }

  override _final(callback: Callback): void {
    this.#hasEnded = true
    const other = this.#other
    if (other !== undefined) other.#finish()
    callback()
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const other = this.#other
    this.#other = undefined
    callback(error)
    this.#answer(error)
    if (other === undefined) return
    other.#answer(systemError('EPIPE', 'write'))
    if (this.#hasEnded) return
    // As the system does: what was sent to us and never read makes the end a reset.
    if (this.readableLength > 0) other.destroy(systemError('ECONNRESET', 'read'))
    else other.#finish()
  }

  #pass(bytes: Buffer, callback: Callback): void {
    const other = this.#other
    if (other === undefined || other.destroyed) {
      callback(systemError('EPIPE', 'write'))
      return
    }
    this.#onTaken = callback
    // Copied, since the writer may use its memory again once the bytes are taken.
    if (other.push(Buffer.from(bytes))) this.#answer()
  }

  // What the other side says is over.
  #finish(): void {
    if (!this.readableEnded && !this.destroyed) this.push(null)
  }

  #answer(error?: Error | null): void {
    const callback = this.#onTaken
    this.#onTaken = undefined
    callback?.(error)
  }
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall })
}
