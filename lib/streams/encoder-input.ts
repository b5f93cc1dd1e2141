/**
 * A message that is too long to be held in memory: its pieces, and how many bytes they are. A `LongMessage` of a decoder is
 * one, and so is any Readable that is given its length.
 */
export type LongMessageSource = (AsyncIterable<Uint8Array> | Iterable<Uint8Array>) & {
  /** Bytes of the whole message. */
  readonly length: number
}

/** Bytes that already are frames, in their place among messages. */
export class RawFrames {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** Whether a message comes in pieces. */
export function isLongMessageSource(message: unknown): message is LongMessageSource {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message) || Array.isArray(message))
    return false
  return Symbol.asyncIterator in message || Symbol.iterator in message
}
