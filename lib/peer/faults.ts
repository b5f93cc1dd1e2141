import { nameOf } from '../arguments.js'
import { PeerError } from '../errors.js'

/** What should be sent in pieces has none, or does not say how long it is. */
export function noLongMessage(source: unknown): TypeError {
  return new TypeError(`Cannot send long message: expected an iterable of bytes with a length, got ${nameOf(source)}`)
}

/** The node has a method that frames whole messages. */
export function wholeMessagesOnly(): TypeError {
  return new TypeError('Cannot send long message: encodeMsg of this node frames whole messages')
}

/** The peer has left, and takes nothing any more. */
export function gone(peer: string, cause: Error | undefined): PeerError {
  return new PeerError('ERR_PEER_GONE', `Cannot send to ${peer}: it has left`, { peer, cause })
}

/** No message has come for `limit` milliseconds. */
export function idle(peer: string, limit: number): PeerError {
  const message = `Cannot wait for ${peer} any longer: no message within ${limit} ms`
  return new PeerError('ERR_TIMEOUT', message, { peer, phase: 'idle', limit })
}

/** What waits for a peer that we close has not left within `limit` milliseconds. */
export function notClosed(peer: string, queued: number, limit: number): PeerError {
  // Nothing is queued while a long message is under way whose source gives nothing.
  const unsent = queued === 0 ? 'its last message was not sent to its end' : `${queued} bytes were not sent`
  const message = `Cannot close ${peer} cleanly: ${unsent} within ${limit} ms`
  return new PeerError('ERR_TIMEOUT', message, { peer, phase: 'close', queued, limit })
}

/** More than `limit` bytes wait for a peer. */
export function tooMuchWaits(peer: string, queued: number, limit: number): PeerError {
  const message = `Cannot send to ${peer}: ${queued} bytes wait already, limit is ${limit}`
  return new PeerError('ERR_SLOW_CONSUMER', message, { peer, queued, limit })
}

/** Bytes wait for a peer, and none has left for `limit` milliseconds. */
export function nothingLeaves(peer: string, queued: number, limit: number): PeerError {
  const message = `Cannot send to ${peer}: of ${queued} bytes that wait, none has left within ${limit} ms`
  return new PeerError('ERR_SLOW_CONSUMER', message, { peer, queued, limit })
}

/** The connection was closed before all that waited could leave. */
export function cutOff(peer: string): PeerError {
  return new PeerError('ERR_PEER_GONE', `Cannot send to ${peer}: its connection closed before all was sent`, { peer })
}
