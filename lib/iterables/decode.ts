import type { Uint8ArrayList } from 'uint8arraylist'
import { Paced } from '../async/paced.js'
import { turn } from '../async/turn.js'
import type { DecodeOptions, FrameOptions } from '../frame/frame-options.js'
import { FrameParser } from '../frame/frame-parser.js'
import type { LongMessageHead } from '../frame/long-message.js'
import { type Bytes, listOf } from './bytes.js'
import { AsyncChunks, Chunks } from './chunks.js'
import { assertSource } from './source.js'

/** Options that make `decode` give some messages in pieces. */
type StreamingOptions = DecodeOptions & { readonly streamAbove: number }

/** A message in pieces, in its place among the others. What is behind it comes when the loop goes on. */
export type DecodedLongMessage = LongMessageHead & Iterable<Uint8ArrayList>

/** The same, with pieces that come in time. */
export type AsyncDecodedLongMessage = LongMessageHead & AsyncIterable<Uint8ArrayList>

/**
 * Turns an iterable of chunks into one of messages, for it-pipe: sync in, sync out; async in, async out.
 *
 * With `streamAbove`, a longer message is an iterable of its pieces that knows its `length`. Pieces that are not read by
 * the time the loop goes on are thrown away.
 *
 * @throws {TypeError | RangeError} At once, if `source` is no iterable, or the options cannot work.
 * @throws {FramingError} While iterating, after the messages before it, if a length is refused or the source ends inside
 * a frame.
 *
 * @example
 * for (const message of decode([Uint8Array.of(0, 0, 0, 2, 104), Uint8Array.of(105)])) console.log(message.subarray())
 */
export function decode(
  source: Iterable<Bytes>,
  options: StreamingOptions,
): Generator<Uint8ArrayList | DecodedLongMessage>
export function decode(
  source: AsyncIterable<Bytes>,
  options: StreamingOptions,
): AsyncGenerator<Uint8ArrayList | AsyncDecodedLongMessage>
export function decode(source: Iterable<Bytes>, options?: FrameOptions): Generator<Uint8ArrayList>
export function decode(source: AsyncIterable<Bytes>, options?: FrameOptions): AsyncGenerator<Uint8ArrayList>
export function decode(
  source: Iterable<Bytes> | AsyncIterable<Bytes>,
  options?: DecodeOptions,
): Generator<Uint8ArrayList | DecodedLongMessage> | AsyncGenerator<Uint8ArrayList | AsyncDecodedLongMessage> {
  assertSource(source, 'decode')
  const parser = new FrameParser(options)
  return Symbol.asyncIterator in source ? decodeAsync(source, parser) : decodeSync(source, parser)
}

function* decodeSync(source: Iterable<Bytes>, parser: FrameParser): Generator<Uint8ArrayList | DecodedLongMessage> {
  const chunks = new Chunks(source, parser)
  try {
    for (;;) {
      const message = takeFrom(parser)
      if (message !== undefined) {
        yield message
      } else if (parser.long !== undefined) {
        const { length, header } = parser.long
        const pieces = piecesOf(parser, chunks)
        yield { length, header, [Symbol.iterator]: () => pieces }
        const unread = piecesOf(parser, chunks)
        while (unread.next().done !== true);
      } else if (!chunks.more()) {
        break
      }
    }
    parser.end()
  } catch (error) {
    chunks.close(true)
    throw error
  } finally {
    chunks.close(false)
  }
}

async function* decodeAsync(
  source: AsyncIterable<Bytes>,
  parser: FrameParser,
): AsyncGenerator<Uint8ArrayList | AsyncDecodedLongMessage> {
  const chunks = new AsyncChunks(source, parser)
  const messages = new Paced(parser)
  try {
    for (;;) {
      const message = messages.read()
      if (message !== undefined) {
        yield listOf(message)
      } else if (messages.isHeld) {
        await messages.whenFree()
      } else if (parser.long !== undefined) {
        const { length, header } = parser.long
        const pieces = piecesInTime(parser, chunks)
        yield { length, header, [Symbol.asyncIterator]: () => pieces }
        const unread = piecesInTime(parser, chunks)
        while ((await unread.next()).done !== true);
      } else if (!(await chunks.more())) {
        break
      }
    }
    parser.end()
  } catch (error) {
    await chunks.close(true)
    throw error
  } finally {
    await chunks.close(false)
  }
}

// A function of its own, since generators are slow beside the functions that they call.
function takeFrom(parser: FrameParser): Uint8ArrayList | undefined {
  const message = parser.read()
  return message && listOf(message)
}

// The pieces of the long message that the parser is at; none, once it is further.
function* piecesOf(parser: FrameParser, chunks: Chunks): Generator<Uint8ArrayList> {
  for (const { long } = parser; long !== undefined && parser.long === long;) {
    const piece = parser.readPiece()
    if (piece !== undefined) yield listOf(piece)
    else if (!chunks.more()) parser.end()
  }
}

async function* piecesInTime(parser: FrameParser, chunks: AsyncChunks): AsyncGenerator<Uint8ArrayList> {
  for (const { long } = parser; long !== undefined && parser.long === long;) {
    if (turn.isOver()) await turn.pass()
    const piece = parser.readPiece()
    if (piece !== undefined) yield listOf(piece)
    else if (!(await chunks.more())) parser.end()
  }
}
