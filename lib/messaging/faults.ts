import { nameOf } from '../arguments.js'
import { PeerError } from '../errors.js'
import type { Peer } from '../peer/peer.js'
import type { MessageType } from './codec.js'

/** The codec has no place for the id of a question. */
export function noRequests(): TypeError {
  return new TypeError(
    'Cannot send request: the codec carries none; one that does, such as jsonCodec, says `requests: true`',
  )
}

/** A message has come that no handler takes. */
export function noHandler(type: MessageType): RangeError {
  return new RangeError(`Cannot handle message of type ${nameOf(type)}: it has no handler`)
}

/** There will be no answer, since the peer sends nothing any more. */
export function noAnswer(peer: string, why: string, cause: Error | undefined): PeerError {
  return new PeerError('ERR_PEER_GONE', `Cannot get an answer from ${peer}: ${why}`, { peer, cause })
}

/** There was no answer within `limit` milliseconds. `dropped` messages to the peer were lost meanwhile. */
export function late(peer: string, limit: number, dropped: number): PeerError {
  const lost = dropped === 0 ? '' : `; ${dropped} messages to it were dropped meanwhile`
  const message = `Cannot wait for ${peer} any longer: no answer within ${limit} ms${lost}`
  return new PeerError('ERR_TIMEOUT', message, { peer, phase: 'request', limit })
}

/** The question was dropped, since too much waits for the peer. */
export function unasked({ id, stats }: Peer): PeerError {
  const message = `Cannot ask ${id}: ${stats.waiting} bytes wait already, and the question was dropped`
  return new PeerError('ERR_SLOW_CONSUMER', message, { peer: id, queued: stats.waiting })
}

/** The peer has answered with an error: `message` is its text. */
export function failed(peer: string, message: string): PeerError {
  return new PeerError('ERR_REQUEST_FAILED', message, { peer })
}

/** The peer for which a handler works is gone. */
export function pointless(peer: string, cause: Error | undefined): PeerError {
  return new PeerError('ERR_PEER_GONE', `Cannot answer ${peer}: it has left`, { peer, cause })
}
