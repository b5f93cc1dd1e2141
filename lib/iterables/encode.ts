import { Uint8ArrayList } from 'uint8arraylist'
import { allocate } from '../frame/bytes.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import type { EncodeOptions } from '../frame/frame-options.js'

/**
 * Turns an iterable of messages into one of frames, for it-pipe: sync in, sync out; async in, async out.
 *
 * Each item is one whole frame; long messages pass by reference.
 *
 * @throws {TypeError | RangeError} At once, if the options cannot work.
 * @throws {FramingError} While iterating, if the layout cannot carry a message. Nothing of that message comes out.
 *
 * @example
 * for (const frame of encode([Uint8Array.of(1, 2, 3)])) console.log(frame.subarray()) // 00 00 00 03 01 02 03
 */
export function encode(
  source: Iterable<Uint8Array | Uint8ArrayList>,
  options?: EncodeOptions,
): Generator<Uint8ArrayList>
export function encode(
  source: AsyncIterable<Uint8Array | Uint8ArrayList>,
  options?: EncodeOptions,
): AsyncGenerator<Uint8ArrayList>
export function encode(
  source: Iterable<Uint8Array | Uint8ArrayList> | AsyncIterable<Uint8Array | Uint8ArrayList>,
  options?: EncodeOptions,
): Generator<Uint8ArrayList> | AsyncGenerator<Uint8ArrayList> {
  const encoder = new FrameEncoder(options)
  return Symbol.asyncIterator in source ? encodeAsync(source, encoder) : encodeSync(source, encoder)
}

function* encodeSync(source: Iterable<Uint8Array | Uint8ArrayList>, encoder: FrameEncoder): Generator<Uint8ArrayList> {
  for (const message of source) yield frameOf(message, encoder)
}

async function* encodeAsync(
  source: AsyncIterable<Uint8Array | Uint8ArrayList>,
  encoder: FrameEncoder,
): AsyncGenerator<Uint8ArrayList> {
  for await (const message of source) yield frameOf(message, encoder)
}

function frameOf(message: Uint8Array | Uint8ArrayList, encoder: FrameEncoder): Uint8ArrayList {
  const bytes = message instanceof Uint8Array ? message : message.subarray()
  const prefix = allocate(encoder.measure(bytes))
  encoder.writePrefix(bytes, prefix, 0)
  const bodyStart = encoder.bodyStart(prefix.length)
  const body = bodyStart === 0 ? bytes : bytes.subarray(bodyStart)
  const { trailer } = encoder
  const parts = trailer.length > 0 ? [prefix, body, trailer] : [prefix, body]
  return Uint8ArrayList.fromUint8Arrays(parts, prefix.length + body.length + trailer.length)
}
