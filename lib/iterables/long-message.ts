import { Uint8ArrayList } from 'uint8arraylist'

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

/** Whether a message is all here. A list is, although it has pieces too. */
export function isInMemory(message: Bytes | LongMessagePieces | AsyncLongMessagePieces): message is Bytes {
  if (message instanceof Uint8Array || message instanceof Uint8ArrayList) return true
  return !(typeof message === 'object' && (Symbol.asyncIterator in message || Symbol.iterator in message))
}

/** Bytes in one piece. */
export function inOnePiece(bytes: Bytes): Uint8Array {
  return bytes instanceof Uint8ArrayList ? bytes.subarray() : bytes
}

/** Bytes as a list of one piece, without copying them. */
export function listOf(bytes: Uint8Array): Uint8ArrayList {
  return Uint8ArrayList.fromUint8Arrays([bytes], bytes.length)
}
