import type { FrameOptions } from '../frame/frame-options.js'
import { FrameParser } from '../frame/frame-parser.js'

/** Settles the promise that a writer got. */
interface Answer {
  resolve(): void
  reject(error: unknown): void
}

/**
 * A pair of web streams, as `pipeThrough` wants it: bytes go in, however they were cut, and every message comes out as
 * one Uint8Array.
 *
 * A message is parsed when the reader asks for it, and a chunk is taken when the one before it is used up. So nothing
 * waits between the two sides, and an error comes behind the messages before it, also for a slow reader.
 *
 * @example
 * for await (const message of response.body.pipeThrough(new LengthPrefixDecoderStream())) console.log(message)
 */
export class LengthPrefixDecoderStream {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  readonly #parser: FrameParser
  // Assigned by the streams' constructors.
  #output!: ReadableStreamDefaultController<Uint8Array>
  #input!: WritableStreamDefaultController
  // The reader waits for a message.
  #isAsked = false
  // The writer waits: until its chunk is used up or, when it has closed, until the end has been judged.
  #answer: Answer | undefined
  #isEnded = false

  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: FrameOptions) {
    this.#parser = new FrameParser({ ...options, streamAbove: undefined })
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#output = controller
        },
        pull: () => {
          this.#isAsked = true
          this.#advance()
        },
        cancel: (reason) => {
          this.#input.error(reason)
          this.#release()
        },
      },
      // Asked only while somebody reads: an error throws away what a stream has queued.
      { highWaterMark: 0 },
    )
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#input = controller
      },
      write: (chunk) => this.#take(() => this.#parser.append(chunk)),
      close: () =>
        this.#take(() => {
          this.#isEnded = true
        }),
      abort: (reason) => this.#output.error(reason),
    })
  }

  /** Takes something from the writer, and keeps it waiting until that is used up. */
  async #take(something: () => void): Promise<void> {
    try {
      something()
      await new Promise<void>((resolve, reject) => {
        this.#answer = { resolve, reject }
        this.#advance()
      })
    } catch (error) {
      this.#output.error(error)
      throw error
    }
  }

  // Gives the reader the message it asked for; where there is none, it is the writer's turn.
  #advance(): void {
    if (!this.#isAsked || this.#answer === undefined) return
    try {
      const message = this.#parser.read()
      if (message === undefined) {
        if (this.#isEnded) this.#end()
        this.#release()
      } else {
        this.#isAsked = false
        this.#output.enqueue(message)
      }
    } catch (error) {
      this.#answer.reject(error)
    }
  }

  #end(): void {
    this.#parser.end()
    this.#output.close()
  }

  #release(): void {
    this.#answer?.resolve()
    this.#answer = undefined
  }
}
