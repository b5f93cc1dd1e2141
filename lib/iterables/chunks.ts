import { isUint8ArrayList } from 'uint8arraylist'
import { closeIterable } from '../async/close-iterable.js'
import type { FrameParser } from '../frame/frame-parser.js'
import type { Bytes } from './bytes.js'

/**
 * The chunks of a source, on their way to a parser. Left early, the source is closed, as leaving a loop over it would; not
 * so where it has ended or failed by itself.
 */
export class Chunks {
  readonly #chunks: Iterator<Bytes, unknown>
  readonly #parser: FrameParser
  #isOver = false

  constructor(source: Iterable<Bytes>, parser: FrameParser) {
    this.#chunks = source[Symbol.iterator]()
    this.#parser = parser
  }

  /** Appends the next chunk; `false` if there is none. */
  more(): boolean {
    this.#isOver = true
    const next = this.#chunks.next()
    this.#isOver = next.done === true
    if (next.done !== true) append(next.value, this.#parser)
    return next.done !== true
  }

  /** @param isFailed Whether an error is on its way, which what closing throws must not hide. */
  close(isFailed: boolean): void {
    if (this.#isOver) return
    this.#isOver = true
    if (isFailed) void closeIterable(this.#chunks)
    else this.#chunks.return?.()
  }
}

/** {@link Chunks} that come in time. */
export class AsyncChunks {
  readonly #chunks: AsyncIterator<Bytes, unknown>
  readonly #parser: FrameParser
  #isOver = false

  constructor(source: AsyncIterable<Bytes>, parser: FrameParser) {
    this.#chunks = source[Symbol.asyncIterator]()
    this.#parser = parser
  }

  async more(): Promise<boolean> {
    this.#isOver = true
    const next = await this.#chunks.next()
    this.#isOver = next.done === true
    if (next.done !== true) append(next.value, this.#parser)
    return next.done !== true
  }

  async close(isFailed: boolean): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    if (isFailed) await closeIterable(this.#chunks)
    else await this.#chunks.return?.()
  }
}

function append(chunk: Bytes, parser: FrameParser): void {
  if (isUint8ArrayList(chunk)) for (const part of chunk) parser.append(part)
  else parser.append(chunk)
}
