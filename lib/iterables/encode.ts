import { Uint8ArrayList } from 'uint8arraylist'
import { closeIterable } from '../async/close-iterable.js'
import { ITEMS_A_LOOK, turn } from '../async/turn.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import type { EncodeOptions } from '../frame/frame-options.js'
import { LongFrameWriter } from '../frame/long-frame-writer.js'
import { allocate, copyOf } from '../frame/memory.js'
import {
  type AsyncLongMessagePieces,
  type Bytes,
  inOnePiece,
  isInPieces,
  listOf,
  type LongMessagePieces,
} from './bytes.js'
import { assertSource } from './source.js'

type SyncMessage = Bytes | LongMessagePieces
type AsyncMessage = SyncMessage | AsyncLongMessagePieces

/**
 * Turns an iterable of messages into one of frames, for it-pipe: sync in, sync out; async in, async out.
 *
 * A message in memory becomes one item, its whole frame, with long bodies by reference. A message in pieces becomes as
 * many items as it needs.
 *
 * @throws {TypeError | RangeError} At once, if `source` is no iterable, or the options cannot work. While iterating, if a
 * message is no message, or its pieces are not as many bytes as its `length`.
 * @throws {FramingError} While iterating, if the layout cannot carry a message. Nothing of that message comes out.
 *
 * @example
 * for (const frame of encode([Uint8Array.of(1, 2, 3)])) console.log(frame.subarray()) // 00 00 00 03 01 02 03
 */
export function encode(source: Iterable<SyncMessage>, options?: EncodeOptions): Generator<Uint8ArrayList>
export function encode(source: AsyncIterable<AsyncMessage>, options?: EncodeOptions): AsyncGenerator<Uint8ArrayList>
export function encode(
  source: Iterable<SyncMessage> | AsyncIterable<AsyncMessage>,
  options?: EncodeOptions,
): Generator<Uint8ArrayList> | AsyncGenerator<Uint8ArrayList> {
  assertSource(source, 'encode')
  const encoder = new FrameEncoder(options)
  return Symbol.asyncIterator in source ? encodeAsync(source, encoder) : encodeSync(source, encoder)
}

function* encodeSync(source: Iterable<SyncMessage>, encoder: FrameEncoder): Generator<Uint8ArrayList> {
  for (const message of source) {
    if (!isInPieces(message)) {
      yield frameOf(message, encoder)
      continue
    }
    const frame = begin(message, encoder)
    for (const piece of message) for (const bytes of frame.write(inOnePiece(piece))) yield listOf(bytes)
    for (const bytes of frame.end()) yield listOf(bytes)
  }
}

async function* encodeAsync(
  source: AsyncIterable<AsyncMessage>,
  encoder: FrameEncoder,
): AsyncGenerator<Uint8ArrayList> {
  let given = 0
  for await (const message of source) {
    if (++given % ITEMS_A_LOOK === 0 && turn.isOver()) await turn.pass()
    if (!isInPieces(message)) {
      yield frameOf(message, encoder)
      continue
    }
    const frame = begin(message, encoder)
    for await (const piece of message) {
      if (turn.isOver()) await turn.pass()
      for (const bytes of frame.write(inOnePiece(piece))) yield listOf(bytes)
    }
    for (const bytes of frame.end()) yield listOf(bytes)
  }
}

function begin(message: LongMessagePieces | AsyncLongMessagePieces, encoder: FrameEncoder): LongFrameWriter {
  try {
    return new LongFrameWriter(encoder, message.length)
  } catch (error) {
    // No loop over it has begun, which would close it.
    void closeIterable(message)
    throw error
  }
}

function frameOf(message: Bytes, encoder: FrameEncoder): Uint8ArrayList {
  const bytes = inOnePiece(message)
  const prefix = allocate(encoder.measure(bytes))
  encoder.writePrefix(bytes, bytes.length, prefix, 0, prefix.length)
  const bodyStart = encoder.bodyStart(prefix.length)
  const body = bodyStart === 0 ? bytes : bytes.subarray(bodyStart)
  const { trailer } = encoder
  const parts = trailer.length > 0 ? [prefix, body, copyOf(trailer)] : [prefix, body]
  return Uint8ArrayList.fromUint8Arrays(parts, prefix.length + body.length + trailer.length)
}
