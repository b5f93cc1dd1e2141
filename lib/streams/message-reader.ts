import type { FrameLayout } from '../frame/frame-layout.js'
import { FrameParser } from '../frame/frame-parser.js'
import { LongMessageFeeder } from './long-message-feeder.js'
import type { LongMessage } from './long-message-stream.js'

/** What a decoder gives: a message in memory or, with `streamAbove`, one that is read in pieces. */
export type AnyMessage = Buffer | LongMessage

// What an array costs is little for each of so many messages, which all fit into the processor's cache: arrays of all that
// a chunk holds take 1.2 times as long (benchmarks/memory.ts).
const BATCH_LENGTH = 128

/** Says what comes next in a stream of bytes: a message, a long one whose pieces it moves into a stream, or nothing yet. */
export class MessageReader {
  /** Public for the sake of its fast path, `readInChunk`, which costs half as much without a method between. */
  readonly parser: FrameParser
  // Only where there can be long messages: most decoders of a large node never see one.
  readonly #feeder: LongMessageFeeder | undefined

  /** @param onRoom Called when a long message has room again, or its reader has left. */
  constructor(layout: FrameLayout, onRoom: () => void) {
    this.parser = new FrameParser(layout)
    if (layout.streamAbove < Infinity) this.#feeder = new LongMessageFeeder(this.parser, onRoom)
  }

  /** Bytes that arrived and are not read. */
  get unreadLength(): number {
    return this.parser.unreadLength
  }

  /** Whether a long message is being read. */
  get isInLong(): boolean {
    return this.#feeder?.isActive === true
  }

  /** Whether a long message waits for its reader: until there is room, nothing comes. */
  get isHeldUp(): boolean {
    return this.#feeder?.isFull === true
  }

  append(chunk: Uint8Array): void {
    this.parser.append(chunk)
  }

  /** The next message; `undefined` until more arrives, or more of a long message has been read. */
  read(): AnyMessage | undefined {
    if (!this.feed()) return undefined
    // In Node the parser's messages are Buffers.
    return (this.parser.read() as Buffer | undefined) ?? this.#feeder?.begin()
  }

  /** The next messages, those of one chunk and at most 128; `undefined` as of {@link read}. */
  readBatch(): AnyMessage[] | undefined {
    if (!this.feed()) return undefined
    const batch = this.parser.readBatch(BATCH_LENGTH) as Buffer[]
    if (batch.length > 0) return batch
    const long = this.#feeder?.begin()
    return long && [long]
  }

  /** Moves on with the long message that is being read; `true` if there is none, or no longer. */
  feed(): boolean {
    return this.#feeder === undefined || this.#feeder.feed()
  }

  /** Judges the end of the bytes, when all messages have been read. @throws {FrameTruncatedError} If it is inside a frame. */
  end(): void {
    this.parser.end()
  }

  /** Gives back the bytes behind the message that was read last. @throws {TypeError} If that is inside a long message. */
  detach(): Buffer {
    return this.parser.detach() as Buffer
  }

  /** Says to the reader of a long message that it will get no more than what has arrived. */
  fail(error: Error): void {
    this.#feeder?.fail(error)
  }

  /** Says to the reader of a long message that it will get nothing more. */
  abandon(error: Error): void {
    this.#feeder?.abandon(error)
  }
}
