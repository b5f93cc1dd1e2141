import type { LengthPrefixDecoder } from '../streams/length-prefix-decoder.js'
import type { LongMessage } from '../streams/long-message-stream.js'
import type { Tally } from './tally.js'

/** A frame of which a part has arrived. */
export interface Arriving {
  /** Tells it from those before and behind it. */
  readonly start: number
  /** Bytes of it that are here. */
  readonly length: number
}

/** The frame that is arriving; `undefined` while there is none, or what has come is not all looked at. */
export function arrivingOf(
  decoder: LengthPrefixDecoder | undefined,
  long: LongMessage | undefined,
  { bytesIn, messagesIn }: Tally,
): Arriving | undefined {
  if (long !== undefined && !long.destroyed && long.receivedLength < long.length) {
    return { start: messagesIn, length: long.receivedLength }
  }
  if (decoder === undefined || decoder.missingLength === 0) return undefined
  return { start: bytesIn - decoder.unreadLength, length: decoder.unreadLength }
}
