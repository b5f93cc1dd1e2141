import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { HIGH_WATER_MARK } from './socket.js'
import { tlsErrorOf } from './tls-error.js'
import { guarded } from './tls-guards.js'
import { currentOf, merged, type TlsSettings } from './tls-options.js'
import { securedBy } from './tls-socket.js'
import type { SecuredConnection } from './transport.js'

/**
 * Shakes hands over a socket that was dialled. The certificate has to be that of `host`, unless the settings say otherwise.
 *
 * @throws What node:tls throws, if it cannot use the settings. @throws Why the handshake failed.
 */
export async function dialTls(
  raw: Duplex,
  host: string,
  settings: readonly (TlsSettings | undefined)[],
): Promise<SecuredConnection> {
  const { connect } = await import('node:tls')
  const options = guarded(merged(settings.map(currentOf)), ignore)
  // Its type says nothing of the mark, which goes to the stream: https://nodejs.org/docs/latest-v20.x/api/tls.html#tlsconnectoptions-callback
  const marks = { highWaterMark: HIGH_WATER_MARK }
  if (raw.destroyed) throw new Error('The connection was closed before the TLS handshake')
  const servername = isIP(host) === 0 ? { servername: host } : undefined
  return new Promise((resolve, reject) => {
    const socket = connect({ ...servername, ...options, ...marks, host, socket: raw })
    socket.pause()
    // For its whole life: it is not a peer yet when the handshake is over.
    socket.on('error', (error: Error) => reject(tlsErrorOf(error)))
    socket.once('close', () => reject(new Error('The connection was closed during the TLS handshake')))
    socket.once('secureConnect', () => resolve(securedBy(socket)))
  })
}

function ignore(): void {
  // Only a server calls what has no other way to say why.
}
