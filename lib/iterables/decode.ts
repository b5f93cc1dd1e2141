import { Uint8ArrayList } from 'uint8arraylist'
import type { DecodeOptions, FrameOptions } from '../frame/frame-options.js'
import { FrameParser, type LongMessageHead } from '../frame/frame-parser.js'
import { type Bytes, listOf } from './long-message.js'

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
 * @throws {TypeError | RangeError} At once, if the options cannot work.
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
  const parser = new FrameParser(options)
  return Symbol.asyncIterator in source ? decodeAsync(source, parser) : decodeSync(source, parser)
}

function* decodeSync(source: Iterable<Bytes>, parser: FrameParser): Generator<Uint8ArrayList | DecodedLongMessage> {
  const chunks = source[Symbol.iterator]()
  const more = (): boolean => append(chunks.next(), parser)
  try {
    for (;;) {
      const message = parser.read()
      if (message !== undefined) {
        yield listOf(message)
      } else if (parser.long !== undefined) {
        const { length, header } = parser.long
        const pieces = piecesSync(parser, more)
        yield { length, header, [Symbol.iterator]: () => pieces }
        const unread = piecesSync(parser, more)
        while (unread.next().done !== true);
      } else if (!more()) {
        break
      }
    }
    parser.end()
  } finally {
    chunks.return?.()
  }
}

async function* decodeAsync(
  source: AsyncIterable<Bytes>,
  parser: FrameParser,
): AsyncGenerator<Uint8ArrayList | AsyncDecodedLongMessage> {
  const chunks = source[Symbol.asyncIterator]()
  const more = async (): Promise<boolean> => append(await chunks.next(), parser)
  try {
    for (;;) {
      const message = parser.read()
      if (message !== undefined) {
        yield listOf(message)
      } else if (parser.long !== undefined) {
        const { length, header } = parser.long
        const pieces = piecesAsync(parser, more)
        yield { length, header, [Symbol.asyncIterator]: () => pieces }
        const unread = piecesAsync(parser, more)
        while ((await unread.next()).done !== true);
      } else if (!(await more())) {
        break
      }
    }
    parser.end()
  } finally {
    await chunks.return?.()
  }
}

// The pieces of the long message that the parser is at; none, once it is further.
function* piecesSync(parser: FrameParser, more: () => boolean): Generator<Uint8ArrayList> {
  for (const { long } = parser; long !== undefined && parser.long === long;) {
    const piece = parser.readPiece()
    if (piece !== undefined) yield listOf(piece)
    else if (!more()) parser.end()
  }
}

async function* piecesAsync(parser: FrameParser, more: () => Promise<boolean>): AsyncGenerator<Uint8ArrayList> {
  for (const { long } = parser; long !== undefined && parser.long === long;) {
    const piece = parser.readPiece()
    if (piece !== undefined) yield listOf(piece)
    else if (!(await more())) parser.end()
  }
}

/** `false` if the source has ended. */
function append({ done, value }: IteratorResult<Bytes, unknown>, parser: FrameParser): boolean {
  if (done === true) return false
  if (value instanceof Uint8ArrayList) for (const part of value) parser.append(part)
  else parser.append(value)
  return true
}
