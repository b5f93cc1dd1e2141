import { WebSocket } from 'ws'
import { type Address, formatAddress } from '../transports/endpoint.js'
import { tcp } from '../transports/tcp.js'
import { dialTls } from '../transports/tls-dial.js'
import { settingsIn } from '../transports/tls-options.js'
import type { Connection, ConnectOptions, SecuredConnection } from '../transports/transport.js'
import { notListening } from './cut.js'
import type { WebSocketSettings } from './web-socket.js'
import { WebSocketDuplex } from './web-socket-duplex.js'

/**
 * Dials a URL of WebSocket, as TCP does. The handshake, of TLS and then of WebSocket, comes when it may.
 *
 * @throws The system's error; the signal's reason. The handshake rejects with why that of TLS failed, or with an Error
 * `ECONNREFUSED` that has the `statusCode` of a server that refuses.
 */
export async function dialWebSocket(
  address: Address,
  options: ConnectOptions,
  settings: WebSocketSettings,
): Promise<Connection> {
  const { host, url } = address
  // parseWebSocketAddress makes both, or a path alone.
  if (host === undefined) throw new TypeError(`Cannot connect to ${url!}: a path of a server is for listening`)
  const { duplex } = await tcp.connect(address, options)
  const secure = async (): Promise<SecuredConnection> => {
    const isTls = url!.startsWith('wss:')
    const carrier = isTls ? await dialTls(duplex, host, [options.tls, settingsIn(address)]) : { duplex }
    return upgraded(carrier, address, settings)
  }
  return { duplex, address, secure }
}

// Resolves in the same tick in which it opens, so that no message comes before the duplex listens.
function upgraded(
  { duplex, ...proof }: SecuredConnection,
  address: Address,
  { protocol, shared, headers }: WebSocketSettings,
): Promise<SecuredConnection> {
  const webSocket = new WebSocket(address.url!, protocol === '' ? [] : protocol, {
    ...{ ...shared, headers },
    createConnection: () => duplex,
  })
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      webSocket.removeAllListeners().on('error', ignore).terminate()
      reject(error)
    }
    const name = formatAddress(address)
    webSocket.on('open', () => {
      webSocket.removeAllListeners()
      resolve({ ...proof, duplex: new WebSocketDuplex(webSocket, duplex) })
    })
    webSocket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      fail(notListening(name, `the server answered with status ${statusCode}`, { statusCode }))
    })
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      fail(error.code === undefined ? notListening(name, error.message, { cause: error }) : error)
    })
    // All that is dialled is paused until something listens.
    duplex.resume()
  })
}

function ignore(): void {
  // It is given up; what is wrong with it has been told.
}
