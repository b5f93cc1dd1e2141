import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { WebSocket } from 'ws'
import { onAbort } from '../async/on-abort.js'
import { connectToName } from '../transports/connect-to-name.js'
import { type Address, formatAddress } from '../transports/endpoint.js'
import type { Connection, ConnectOptions } from '../transports/transport.js'
import { notListening } from './cut.js'
import type { WebSocketSettings } from './web-socket.js'
import { WebSocketDuplex } from './web-socket-duplex.js'

/**
 * Dials a URL of WebSocket, at all addresses of its name as TCP does.
 *
 * @throws The system's error; an Error `ECONNREFUSED` with the `statusCode` of a server that refuses; the signal's reason.
 */
export async function dialWebSocket(
  address: Address,
  options: ConnectOptions,
  settings: WebSocketSettings,
): Promise<Connection> {
  const { host, port, url } = address
  // parseWebSocketAddress makes all three, or a path alone.
  if (host === undefined || port === undefined)
    throw new TypeError(`Cannot connect to ${url!}: a path of a server is for listening`)
  const socket = await connectToName({ host, port }, options)
  const secured = url!.startsWith('wss:') ? secure(socket, host, settings) : socket
  const webSocket = new WebSocket(url!, settings.protocol === '' ? [] : settings.protocol, {
    ...settings.shared,
    headers: settings.headers,
    createConnection: () => secured,
  })
  try {
    return await opened(webSocket, secured, address, options.signal)
  } catch (error) {
    webSocket.on('error', ignore).terminate()
    socket.on('error', ignore).destroy()
    throw error
  }
}

function secure(socket: Socket, host: string, settings: WebSocketSettings): Socket {
  return tls.connect({ servername: net.isIP(host) === 0 ? host : '', ...settings.tls, socket })
}

// Resolves in the same tick in which it opens, so that no message comes before the duplex listens.
function opened(webSocket: WebSocket, socket: Socket, address: Address, signal: AbortSignal): Promise<Connection> {
  return new Promise((resolve, reject) => {
    // The reason is whatever the caller aborted with.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const stopWaiting = onAbort(signal, (reason) => done(() => reject(reason)))
    const done = (finish: () => void): void => {
      stopWaiting()
      webSocket.removeAllListeners()
      finish()
    }
    const fail = (error: Error): void => done(() => reject(error))
    const name = formatAddress(address)
    webSocket.on('open', () => done(() => resolve({ duplex: new WebSocketDuplex(webSocket, socket), address })))
    webSocket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      fail(notListening(name, `the server answered with status ${statusCode}`, { statusCode }))
    })
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      fail(error.code === undefined ? notListening(name, error.message, { cause: error }) : error)
    })
    // All that is dialled is paused until something listens.
    socket.resume()
  })
}

function ignore(): void {
  // It is given up; what is wrong with it has been told.
}
