import { Uint8ArrayList } from 'uint8arraylist'
import type { FrameOptions } from '../frame/frame-options.js'
import { FrameParser } from '../frame/frame-parser.js'

/**
 * Turns an iterable of chunks into one of messages, for it-pipe: sync in, sync out; async in, async out.
 *
 * @throws {TypeError | RangeError} At once, if the options cannot work.
 * @throws {FramingError} While iterating, after the messages before it, if a length is refused or the source ends inside
 * a frame.
 *
 * @example
 * for (const message of decode([Uint8Array.of(0, 0, 0, 2, 104), Uint8Array.of(105)])) console.log(message.subarray())
 */
export function decode(source: Iterable<Uint8Array | Uint8ArrayList>, options?: FrameOptions): Generator<Uint8ArrayList>
export function decode(
  source: AsyncIterable<Uint8Array | Uint8ArrayList>,
  options?: FrameOptions,
): AsyncGenerator<Uint8ArrayList>
export function decode(
  source: Iterable<Uint8Array | Uint8ArrayList> | AsyncIterable<Uint8Array | Uint8ArrayList>,
  options?: FrameOptions,
): Generator<Uint8ArrayList> | AsyncGenerator<Uint8ArrayList> {
  const parser = new FrameParser(options)
  return Symbol.asyncIterator in source ? decodeAsync(source, parser) : decodeSync(source, parser)
}

function* decodeSync(source: Iterable<Uint8Array | Uint8ArrayList>, parser: FrameParser): Generator<Uint8ArrayList> {
  for (const chunk of source) {
    append(chunk, parser)
    for (const message of parser) yield listOf(message)
  }
  parser.end()
}

async function* decodeAsync(
  source: AsyncIterable<Uint8Array | Uint8ArrayList>,
  parser: FrameParser,
): AsyncGenerator<Uint8ArrayList> {
  for await (const chunk of source) {
    append(chunk, parser)
    for (const message of parser) yield listOf(message)
  }
  parser.end()
}

function append(chunk: Uint8Array | Uint8ArrayList, parser: FrameParser): void {
  if (chunk instanceof Uint8ArrayList) for (const part of chunk) parser.append(part)
  else parser.append(chunk)
}

function listOf(message: Uint8Array): Uint8ArrayList {
  return Uint8ArrayList.fromUint8Arrays([message], message.length)
}
