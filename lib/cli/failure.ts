import { getSystemErrorMap } from 'node:util'
import { PeerError } from '../index.js'

/** What went wrong, for a person: in words where it was the system that failed. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const words = systemWordsOf(error)
  return words === undefined ? message : `${words} (${code})`
}

/**
 * An error that says what could not be done, such as `connect to tcp://127.0.0.1:9000`, where it was the system that
 * failed, or a handshake of TLS. Other errors say it already.
 */
export function failure<Cause>(action: string, cause: Cause): Cause | Error {
  if (systemWordsOf(cause) === undefined && !isOfTls(cause)) return cause
  const { code } = cause as NodeJS.ErrnoException
  return Object.assign(new Error(`Cannot ${action}: ${reasonOf(cause)}`, { cause }), { code })
}

/** Throws a {@link failure}, as the last resort of a promise: `.catch(cannot('read it'))`. */
export function cannot(action: string): (cause: unknown) => never {
  return (cause) => {
    throw failure(action, cause)
  }
}

// Those of Node's have a code, as ours have, and do not say what they are about.
function isOfTls(error: unknown): boolean {
  const isOurs = [PeerError, TypeError, RangeError].some((kind) => error instanceof kind)
  return !isOurs && error instanceof Error && 'code' in error
}

function systemWordsOf(error: unknown): string | undefined {
  // A host name with several addresses fails once for each of them.
  const { errno } = (error instanceof AggregateError ? error.errors[0] : error) as NodeJS.ErrnoException
  return errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]
}
