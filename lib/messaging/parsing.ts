import type { Message } from '../peer/lane.js'
import type { Codec, Parsed } from './codec.js'

/** A codec of any messages. */
export type AnyCodec = Codec<unknown, unknown>

/** Reads messages with a codec, each once: what was looked at when it came is not read again when its turn comes. */
export class Parsing {
  readonly #codec: AnyCodec
  // What was read before its turn, or thrown.
  readonly #early = new WeakMap<Message, () => Parsed<unknown>>()

  constructor(codec: AnyCodec) {
    this.#codec = codec
  }

  /** Reads a message before its turn: answers with it if it is an answer, and else keeps what it says until its turn. */
  look(message: Buffer): Parsed<unknown> | undefined {
    try {
      const parsed = this.#codec.parse(message)
      if (parsed.reply !== undefined) return parsed
      this.#early.set(message, () => parsed)
      return undefined
    } catch (error) {
      this.#early.set(message, () => {
        throw error
      })
      return undefined
    }
  }

  /** Reads a message whose turn has come. Throws what the codec throws. */
  read(message: Buffer): Parsed<unknown> {
    const early = this.#early.get(message)
    return early === undefined ? this.#codec.parse(message) : early()
  }
}
