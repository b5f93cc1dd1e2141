/** Facts about a connection that broke, beside what all errors of the system say. */
interface CutDetails {
  readonly cause?: unknown
  /** WebSocket: the code of the Close frame, or 1006 where none came. */
  readonly closeCode?: number
}

/** The connection is gone before the remote end has ended: what sockets tell as ECONNRESET. */
export function cutOff(why: string, { cause, closeCode }: CutDetails = {}): Error {
  const error = new Error(`Cannot read on: ${why}`, cause === undefined ? undefined : { cause })
  return Object.assign(error, { code: 'ECONNRESET', ...(closeCode !== undefined && { closeCode }) })
}

/** The remote end takes nothing any more: what sockets tell as EPIPE. */
export function notTaken(cause: unknown): Error {
  return Object.assign(new Error('Cannot write: the connection is closed', { cause }), { code: 'EPIPE' })
}

/** Nothing there takes connections: what sockets tell as ECONNREFUSED. */
export function notListening(name: string, why: string, details: { cause?: unknown; statusCode?: number } = {}): Error {
  const { cause, statusCode } = details
  const error = new Error(`Cannot connect to ${name}: ${why}`, cause === undefined ? undefined : { cause })
  return Object.assign(error, { code: 'ECONNREFUSED', ...(statusCode !== undefined && { statusCode }) })
}

/** Something listens there already: what sockets tell as EADDRINUSE. */
export function alreadyTaken(name: string): Error {
  return Object.assign(new Error(`Cannot listen at ${name}: it is taken`), { code: 'EADDRINUSE' })
}
