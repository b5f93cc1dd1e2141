import { PeerError } from '../errors.js'
import type { LongMessage } from '../streams/long-message-stream.js'

/** Ends a long message whose rest is not wanted any more: it must not hold up what comes behind it. */
export function cutOff(long: LongMessage): void {
  if (long.receivedLength === long.length) return
  const error = new PeerError('ERR_PEER_GONE', 'Cannot read long message to its end: its peer was closed')
  // A reader that does not listen for errors must not end the process.
  long.destroy(long.listenerCount('error') > 0 ? error : undefined)
}
