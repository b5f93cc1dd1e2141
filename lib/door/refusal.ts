import { PeerError, type RefusalReason } from '../errors.js'

/** The error of a connection that is turned away: who, what it is counted under, and why, in words. */
export function refusal(name: string, reason: RefusalReason, why: string, cause?: unknown): PeerError {
  return new PeerError('ERR_PEER_REFUSED', `Cannot accept ${name}: ${why}`, { peer: name, reason, cause })
}

/** What a connection that did not get in because of `error` is counted under. */
export function reasonOf(error: unknown): RefusalReason {
  if (!(error instanceof PeerError)) return 'failed'
  if (error.reason !== undefined) return error.reason
  if (error.code === 'ERR_TIMEOUT') return 'timeout'
  return error.code === 'ERR_NODE_CLOSED' ? 'closing' : 'failed'
}
