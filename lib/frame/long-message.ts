import { isIterable } from '../arguments.js'

/** A long message while it is being read: what is known of it before its bytes are here. */
export interface LongMessageHead {
  /** Bytes of the whole message. */
  readonly length: number
  /** The header bytes that the layout keeps in the message. The first piece begins with them. */
  readonly header: Uint8Array
}

/**
 * A message that is too long to be held in memory: its pieces, and how many bytes they are. A `LongMessage` of a decoder is
 * one, and so is any Readable that is given its length.
 */
export type LongMessageSource = (AsyncIterable<Uint8Array> | Iterable<Uint8Array>) & {
  /** Bytes of the whole message. */
  readonly length: number
}

/** Whether all of a message is in memory, as bytes. */
export function isInMemory(message: unknown): message is Uint8Array {
  // Asked this way round, since `instanceof LongMessage` walks two prototype chains.
  return ArrayBuffer.isView(message)
}

/** Whether a message comes in pieces. */
export function isLongMessageSource(message: unknown): message is LongMessageSource {
  if (typeof message !== 'object' || message === null || isInMemory(message) || Array.isArray(message)) return false
  return isIterable(message)
}
