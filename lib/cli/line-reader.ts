import { MessageText, type TextOptions } from './message-text.js'
import { tooLong } from './too-long.js'

const LINE_FEED = 0x0a
const NOTHING = Buffer.alloc(0)

/**
 * Turns chunks into messages, one for each line. A line that is no message comes as the error that says why: one that is no
 * hex, and one that is too long, as soon as it is.
 */
export class LineReader {
  readonly #options: TextOptions
  // What has come of a line that is not finished.
  readonly #text: MessageText
  // Whether that was too long, and the rest of the line is thrown away.
  #isSkipping = false
  #lineNumber = 1

  constructor(options: TextOptions) {
    this.#options = options
    this.#text = new MessageText(options)
  }

  /** The lines that end in this chunk, and the one that becomes too long in it. */
  *read(chunk: Buffer): Generator<Buffer | Error, void> {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const message = this.#finish(chunk.subarray(start, end))
      if (message !== undefined) yield message
      start = end + 1
    }
    const error = this.#add(chunk.subarray(start))
    if (error !== undefined) yield error
  }

  /** The last line, if the input has ended without a line feed. */
  *end(): Generator<Buffer | Error, void> {
    const message = this.#text.isEmpty ? undefined : this.#finish(NOTHING)
    if (message !== undefined) yield message
  }

  /** Adds to the line that is not finished. Answers the error if that makes it too long. */
  #add(part: Buffer): Error | undefined {
    if (this.#isSkipping || this.#text.add(part)) return undefined
    this.#isSkipping = true
    return tooLong(`line ${this.#lineNumber}`, this.#options.limit)
  }

  /** The message of the line of which this is the rest; `undefined` if its error was given already. */
  #finish(rest: Buffer): Buffer | Error | undefined {
    const { limit, hex } = this.#options
    // Most lines lie in one chunk, and need no copy.
    const isReady = !hex && this.#text.isEmpty && !this.#isSkipping && rest.length <= limit
    const error = isReady ? undefined : this.#add(rest)
    const isSkipped = this.#isSkipping
    this.#isSkipping = false
    this.#lineNumber++
    if (isSkipped) return error
    return isReady ? rest : this.#take()
  }

  #take(): Buffer | Error {
    try {
      return this.#text.take()
    } catch (error) {
      return error as Error
    }
  }
}
