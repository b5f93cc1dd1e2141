import type { TLSSocket } from 'node:tls'

/** What node:tls adds to an error of OpenSSL, whose message is an address in a file of C. */
interface OpenSslError extends NodeJS.ErrnoException {
  readonly reason?: string
}

// What OpenSSL says of bytes that are no record of TLS.
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_HTTP_REQUEST', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']

/** Why a handshake failed, in words. Errors of node:tls itself have them, and stay as they are. */
export function tlsErrorOf(error: OpenSslError, { authorizationError }: Pick<TLSSocket, 'authorizationError'>): Error {
  // Its type says Error, and it is a code: https://nodejs.org/docs/latest-v20.x/api/tls.html#tlssocketauthorizationerror
  const untrusted: unknown = authorizationError
  const { code = '', reason } = error
  if (typeof untrusted === 'string') return failure(`the certificate is not trusted: ${untrusted}`, untrusted, error)
  if (NO_TLS.includes(code)) return failure('the bytes are no TLS: does the other side use it?', code, error)
  return reason === undefined ? error : failure(reason, code, error)
}

function failure(why: string, code: string, cause: Error): Error {
  return Object.assign(new Error(`TLS handshake failed, ${why}`, { cause }), { code })
}
