/** What node:tls adds to an error of OpenSSL, whose message is a place in a file of C. */
export interface OpenSslError extends NodeJS.ErrnoException {
  readonly reason?: string
}

// What OpenSSL says of bytes that are no record of TLS.
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_HTTP_REQUEST', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']

/** Whether a handshake failed since the other side does not speak TLS. */
export function isPlainText({ code = '' }: OpenSslError): boolean {
  return NO_TLS.includes(code)
}

/**
 * Why a handshake failed, in words; what has them already stays as it is.
 *
 * @param untrusted The code for what is wrong with the certificate of who came in, if that is why.
 */
export function tlsErrorOf(error: OpenSslError, untrusted?: string): Error {
  const { code = '', reason } = error
  if (untrusted !== undefined) return failure(`the certificate is not trusted: ${untrusted}`, untrusted, error)
  if (isPlainText(error)) return failure('the bytes are no TLS: does the other side use it?', code, error)
  return reason !== undefined && code.startsWith('ERR_SSL_') ? failure(reason, code, error) : error
}

function failure(why: string, code: string, cause: Error): Error {
  return Object.assign(new Error(`TLS handshake failed, ${why}`, { cause }), { code })
}
