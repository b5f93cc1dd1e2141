import type { Duplex } from 'node:stream'
import { carrierOf } from '../transports/tls-socket.js'
import type { Tally } from './tally.js'

/** Bytes that a duplex is given before it has taken those before: more would show no progress, and could not be dropped. */
export const MOST_IN_DUPLEX = 524_288

// In object mode a duplex counts pieces, and so its mark says nothing of bytes.
const ROOM_OF_OBJECTS = 65_536

/**
 * Hands bytes to a duplex, a bounded amount at a time; all writes of a tick as one.
 *
 * Every write has the same callback, which costs a stream no more than none: it tells when all is taken, on any duplex,
 * whatever that answers, and whether some of it never was.
 */
export class DuplexSink {
  /** Bytes that may wait in the duplex. */
  readonly room: number
  readonly #duplex: Duplex
  readonly #onWritten: (error?: Error | null) => void
  #isFull = false
  #isCorked = false
  #isTorn = false
  // Frames that end with each write that the duplex has not answered, and bytes given since it had answered all.
  readonly #pending: number[] = []
  #given = 0
  // Bytes given in all are its bytesOut.
  readonly #tally: Tally

  /**
   * @param limit Most bytes that may wait in the duplex, where it would take more.
   * @param tally Counts what the duplex is given.
   * @param onRoom Called when the duplex was full and has taken everything.
   */
  constructor(duplex: Duplex, limit: number, tally: Tally, onRoom: () => void) {
    this.#duplex = duplex
    this.#tally = tally
    const mark = duplex.writableObjectMode ? ROOM_OF_OBJECTS : duplex.writableHighWaterMark
    this.room = Math.max(Math.min(mark, MOST_IN_DUPLEX, limit), 1)
    this.#onWritten = (error) => {
      // What is torn stays, and counts as lost.
      if (error) this.#isTorn = true
      if (!this.#isTorn) this.#pending.shift()
      if (this.#pending.length > 0) return
      this.#given = 0
      if (!this.#isFull) return
      this.#isFull = false
      onRoom()
    }
  }

  /** Whether it takes no more for now. */
  get isFull(): boolean {
    return this.#isFull || this.#duplex.destroyed
  }

  /** Whether bytes that the duplex was given did not leave before it closed. */
  get isTorn(): boolean {
    return this.#pending.length > 0
  }

  /** How many frames the duplex has not taken. */
  get frames(): number {
    return this.#pending.reduce((sum, frames) => sum + frames, 0)
  }

  /** Bytes that the duplex has not taken. In object mode it counts pieces, not bytes. */
  get waiting(): number {
    if (this.#duplex.closed) return 0
    return this.#duplex.writableObjectMode ? this.#given : this.#duplex.writableLength
  }

  /** A number that changes whenever bytes leave; `undefined` while none wait. */
  get progress(): number | undefined {
    const { waiting } = this
    return waiting === 0 ? undefined : this.#tally.bytesOut - waiting - queuedInSystem(this.#duplex)
  }

  /**
   * @param frames Frames that end with the bytes.
   * @param isTickOpen Whether more may come in this tick. A single write is faster uncorked.
   */
  write(bytes: Uint8Array, frames: number, isTickOpen: boolean): void {
    if (isTickOpen && !this.#isCorked) {
      this.#isCorked = true
      this.#duplex.cork()
    }
    this.#pending.push(frames)
    this.#given += bytes.length
    this.#tally.bytesOut += bytes.length
    this.#tally.messagesOut += frames
    if (this.waiting + bytes.length >= this.room) this.#isFull = true
    try {
      this.#duplex.write(bytes, this.#onWritten)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Says that the tick is over. */
  uncork(): void {
    if (!this.#isCorked) return
    this.#isCorked = false
    try {
      this.#duplex.uncork()
    } catch (error) {
      this.#fail(error)
    }
  }

  end(): void {
    this.#duplex.end()
  }

  // What a duplex throws is its own fault, as what it emits; at the end of a tick nothing else would catch it.
  #fail(error: unknown): void {
    this.#duplex.destroy(error as Error)
  }
}

// What the system has not taken of the write that a socket is at: progress inside of a write shows nowhere else. Over TLS,
// the write is in pieces below it.
function queuedInSystem(duplex: Duplex): number {
  const carrier = carrierOf(duplex)
  return queuedIn(duplex) + (carrier === undefined ? 0 : queuedIn(carrier))
}

function queuedIn(duplex: Duplex): number {
  const { _handle: handle } = duplex as { _handle?: { readonly writeQueueSize?: number } | null }
  return handle?.writeQueueSize ?? 0
}
