import { isUint8ArrayList, Uint8ArrayList } from 'uint8arraylist'
import { isLongMessageSource } from '../frame/long-message.js'
import { localBytes } from '../frame/memory.js'

/** Bytes, in one piece or in several. */
export type Bytes = Uint8Array | Uint8ArrayList

/**
 * A message that is too long to be held in memory: an iterable of its pieces that knows how many bytes they are.
 * `decode` gives them with `streamAbove`; `encode` takes them, from there or from anywhere.
 */
export interface LongMessagePieces extends Iterable<Bytes> {
  /** Bytes of the whole message. */
  readonly length: number
}

/** {@link LongMessagePieces} that come in time. A Readable that knows its `length` is one. */
export interface AsyncLongMessagePieces extends AsyncIterable<Bytes> {
  /** Bytes of the whole message. */
  readonly length: number
}

/** Whether a message comes in pieces. A list does not, although it has them too. */
export function isInPieces<Pieces extends LongMessagePieces | AsyncLongMessagePieces>(
  message: Bytes | Pieces,
): message is Pieces {
  // Most are plain bytes, which this asks at once.
  return !(message instanceof Uint8Array) && isLongMessageSource(message) && !isUint8ArrayList(message)
}

/** Bytes in one piece. */
export function inOnePiece(bytes: Bytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes
  return isUint8ArrayList(bytes) ? bytes.subarray() : localBytes(bytes)
}

/** Bytes as a list of one piece, without copying them. */
export function listOf(bytes: Uint8Array): Uint8ArrayList {
  return Uint8ArrayList.fromUint8Arrays([bytes], bytes.length)
}
