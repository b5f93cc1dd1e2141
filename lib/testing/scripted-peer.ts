import { AssertionError } from 'node:assert'
import type { Duplex } from 'node:stream'
import { checkOptions } from '../arguments.js'
import { within } from './deadline.js'
import { describeMessage } from './describe.js'
import { type Piece, ScriptedDuplex } from './scripted-duplex.js'

/** Options of a {@link ScriptedPeer}. */
export interface ScriptedPeerOptions {
  /** How long the program under test may take to read, and between two things that it writes, in milliseconds. @default 1000 */
  readonly timeoutMs?: number | undefined
}

/** How bytes are delivered. */
export interface DeliverOptions {
  /** Longest slice, in bytes, at least 1. Each slice is a chunk. @default all bytes in one */
  readonly sliceLength?: number | undefined
}

/**
 * A remote end that does what a spec says: the program under test gets `duplex`, and the spec has the other end.
 *
 * Nothing is timed. The program gets a slice whenever it asks for more, and writes as much as it likes unless stalled.
 *
 * @example
 * const remote = new ScriptedPeer()
 * node.attach(remote.duplex)
 * await remote.deliver(frame, { sliceLength: 1 })
 * await remote.expect(answer)
 * remote.reset()
 */
export class ScriptedPeer {
  readonly #timeoutMs: number
  readonly #duplex = new ScriptedDuplex(() => this.#wake())
  // Waits for the program to write.
  readonly #waiting: (() => void)[] = []

  /** @throws {TypeError} If an option is unknown. @throws {RangeError} If there is no time to wait. */
  constructor(options: ScriptedPeerOptions = {}) {
    checkOptions(options, ['timeoutMs'])
    const { timeoutMs = 1000 } = options
    if (!(timeoutMs > 0)) throw new RangeError(`Cannot use timeoutMs: expected more than 0, got ${timeoutMs}`)
    this.#timeoutMs = timeoutMs
  }

  /** What the program under test reads and writes. */
  get duplex(): Duplex {
    return this.#duplex
  }

  /** What the program has written that was not expected yet. */
  get written(): Buffer {
    return this.#duplex.written
  }

  /**
   * Sends bytes to the program, in one chunk or in slices. What it reads stalls until the next delivery.
   *
   * Resolves when the program has read them, and rejects if it does not; there is no need to wait for that.
   *
   * @throws {RangeError} If `sliceLength` is none.
   *
   * @example
   * await remote.deliver(Buffer.from('0000000568656c6c6f', 'hex'), { sliceLength: 3 })
   */
  deliver(bytes: Uint8Array, { sliceLength = Infinity }: DeliverOptions = {}): Promise<void> {
    if (!(sliceLength >= 1)) throw new RangeError(`Cannot use sliceLength: expected at least 1, got ${sliceLength}`)
    const read = new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => (error === undefined ? resolve() : reject(error))
      // A connection has no empty chunks.
      if (bytes.length === 0) resolve()
      else this.#duplex.give(...piecesOf(bytes, sliceLength, done))
    })
    const delivered = within(this.#timeoutMs, read, `Cannot deliver ${bytes.length} bytes: not read`)
    // The caller may not wait for it; without a handler its rejection would end the process.
    delivered.catch(() => undefined)
    return delivered
  }

  /** Ends what the program reads, cleanly, behind all that was delivered. The program can still write. */
  end(): void {
    this.#duplex.give({ bytes: null })
  }

  /** Breaks the connection at once: what the program has not read yet is lost. The error is ECONNRESET unless you say. */
  reset(error: Error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })): void {
    this.#duplex.destroy(error)
  }

  /** Takes nothing more of what the program writes, until {@link resume}. Deliveries go on. */
  stall(): void {
    this.#duplex.isStalled = true
  }

  /** Takes what the program writes again, and what it has written since {@link stall}. */
  resume(): void {
    this.#duplex.isStalled = false
  }

  /**
   * Waits until the program has written these bytes, behind those expected before.
   *
   * @throws {AssertionError} If it writes others, or ends or takes too long before it has written them all.
   *
   * @example
   * await remote.expect(encodeFrame(Buffer.from('pong')))
   */
  async expect(bytes: Uint8Array): Promise<void> {
    for (;;) {
      const begun = this.written.subarray(0, bytes.length)
      if (!begun.equals(bytes.subarray(0, begun.length))) throw this.#mismatch(describeMessage(bytes))
      if (begun.length === bytes.length) break
      await this.#progress(describeMessage(bytes))
    }
    this.#duplex.forget(bytes.length)
  }

  /**
   * Waits until the program has ended its side or closed, without writing anything more than was expected.
   *
   * @throws {AssertionError} If it writes more, or takes too long.
   */
  async expectEnd(): Promise<void> {
    while (this.written.length === 0 && !this.#duplex.isOver) await this.#progress('the end')
    if (this.written.length > 0) throw this.#mismatch('the end')
  }

  // Waits until the program has written something, or ended; not for ever.
  async #progress(expected: string): Promise<void> {
    if (this.#duplex.isOver) throw this.#mismatch(expected, 'the end')
    const change = new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      await within(this.#timeoutMs, change, 'Nothing written')
    } catch {
      // Told better: what was expected, and what there is.
      throw this.#mismatch(expected, `nothing more within ${this.#timeoutMs} ms`)
    }
  }

  #mismatch(expected: string, behind?: string): AssertionError {
    const got = this.written.length > 0 ? [describeMessage(this.written)] : []
    if (behind !== undefined) got.push(behind)
    const message = `Expected the program to write ${expected}, got ${got.join(', then ')}`
    return new AssertionError({ message, operator: 'expect' })
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

function piecesOf(bytes: Uint8Array, sliceLength: number, done: Piece['done']): Piece[] {
  const pieces: Piece[] = []
  for (let start = 0; start < bytes.length; start += sliceLength) {
    const isLast = start + sliceLength >= bytes.length
    pieces.push({
      bytes: Buffer.from(bytes.subarray(start, start + sliceLength)),
      done: isLast ? done : undefined,
    })
  }
  return pieces
}
