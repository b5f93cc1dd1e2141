import type { FrameParser } from '../frame/frame-parser.js'
import { LongMessage } from './long-message-stream.js'

/** Moves the pieces of the long message that a parser has come upon into a stream, as far as that has room. */
export class LongMessageFeeder {
  readonly #parser: FrameParser
  readonly #onRoom: () => void
  #message: LongMessage | undefined

  /** @param onRoom Called when the stream has room again, or when its reader has left. */
  constructor(parser: FrameParser, onRoom: () => void) {
    this.#parser = parser
    this.#onRoom = onRoom
  }

  /** Whether a message is being moved. */
  get isActive(): boolean {
    return this.#message !== undefined
  }

  /** Whether the message waits for its reader, and not for more bytes. */
  get isFull(): boolean {
    return this.#message?.wantsMore === false
  }

  /** A stream for the long message that comes next, if there is one. */
  begin(): LongMessage | undefined {
    const { long } = this.#parser
    if (long === undefined) return undefined
    // In Node the parser's bytes are Buffers.
    this.#message = new LongMessage(long.length, long.header as Buffer, this.#onRoom)
    return this.#message
  }

  /** Moves what there is. `false` while the message is not complete, `true` also where there is none. */
  feed(): boolean {
    const message = this.#message
    if (message === undefined) return true
    while (message.wantsMore) {
      const piece = this.#parser.readPiece()
      if (piece === undefined) break
      message.add(piece)
    }
    if (this.#parser.long !== undefined) return false
    this.#message = undefined
    message.finish()
    return true
  }

  /** Says that no more will come, because of an error. */
  fail(error: Error): void {
    const message = this.#message
    this.#message = undefined
    message?.fail(error)
  }

  /** Says that nothing more will be given, not even what is here. */
  abandon(error: Error): void {
    const message = this.#message
    this.#message = undefined
    message?.abandon(error)
  }
}
