import { turn } from '../async/turn.js'
import { resolveLayout } from '../frame/frame-layout.js'
import type { FrameOptions } from '../frame/frame-options.js'
import { FrameParser } from '../frame/frame-parser.js'

/** A chunk or an end that the writer has given, until it is used up. */
interface Given {
  readonly isEnd: boolean
  // Whether the reader has had a look at it.
  isBegun: boolean
  resolve(): void
  reject(error: unknown): void
}

/**
 * A pair of web streams, as `pipeThrough` wants it: bytes go in, however they were cut, and every message comes out as
 * one Uint8Array.
 *
 * A message is parsed when the reader asks for it, and a chunk is taken when the one before it is used up. So nothing
 * waits between the two sides, and an error comes behind the messages before it, also for a slow reader. Aborting and
 * cancelling end both sides at once, as they do with a TransformStream.
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
  // The reader waits for a message; while it is held, until the next turn of the event loop.
  #isAsked = false
  #isHeld = false
  // The writer waits: until its chunk is used up or, when it has closed, until the end has been judged.
  #given: Given | undefined

  /**
   * @throws {TypeError} If an option is unknown or has the wrong type, or is `streamAbove`: messages come whole here.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: FrameOptions) {
    const layout = resolveLayout(options)
    if (layout.streamAbove < Infinity) throw new TypeError('Cannot use streamAbove: web streams give whole messages')
    this.#parser = new FrameParser(layout)
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#output = controller
        },
        pull: () => this.#pull(),
        cancel: (reason) => {
          this.#input.error(reason)
          this.#onCancelled(reason)
        },
      },
      // Asked only while there is a reader: an error throws away what a stream has queued.
      { highWaterMark: 0 },
    )
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#input = controller
        // Tells while a write is under way; `abort` below comes when that has settled. Node has it, its types do not.
        const { signal } = controller as { signal?: AbortSignal }
        signal?.addEventListener('abort', () => this.#onAborted())
      },
      write: (chunk) => this.#take(false, () => this.#parser.append(chunk)),
      close: () => this.#take(true),
      abort: (reason) => this.#output.error(reason),
    })
  }

  /** Takes a chunk or the end from the writer, and keeps it waiting until that is used up. */
  #take(isEnd: boolean, append?: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#given = { isEnd, isBegun: false, resolve, reject }
      try {
        append?.()
      } catch (error) {
        this.#fail(error)
      }
      this.#advance()
    })
  }

  #pull(): void {
    this.#isAsked = true
    if (!this.#isHeld && turn.isOver()) {
      this.#isHeld = true
      turn.next(() => {
        this.#isHeld = false
        this.#advance()
      })
    }
    this.#advance()
  }

  // Gives the reader the message it asked for; where there is none, it is the writer's turn.
  #advance(): void {
    const given = this.#given
    if (given === undefined) return
    // An end behind which nothing waits needs no reader to be judged.
    const isClean = given.isEnd && this.#parser.unreadLength === 0
    if (!isClean && (!this.#isAsked || this.#isHeld)) return
    given.isBegun = true
    try {
      const message = this.#parser.read()
      if (message === undefined) {
        if (given.isEnd) this.#end()
        this.#given = undefined
        given.resolve()
      } else {
        this.#isAsked = false
        this.#output.enqueue(message)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #end(): void {
    this.#parser.end()
    this.#output.close()
  }

  /** Tells both sides what has gone wrong. */
  #fail(error: unknown): void {
    this.#output.error(error)
    this.#given?.reject(error)
    this.#given = undefined
  }

  // What of the chunk is not read is lost. An end is about to be judged.
  #onAborted(): void {
    const given = this.#given
    if (given === undefined || given.isEnd) return
    this.#given = undefined
    given.resolve()
  }

  // A chunk that has been read from was taken; another one was not.
  #onCancelled(reason: unknown): void {
    const given = this.#given
    this.#given = undefined
    if (given === undefined) return
    if (given.isEnd || given.isBegun) given.resolve()
    else given.reject(reason)
  }
}
