import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { SecuredConnection } from '../transports/transport.js'
import { HALF_CLOSE, WebSocketDuplex } from './web-socket-duplex.js'
import type { WebSocketSettings } from './web-socket.js'

/** A request for a WebSocket, as the event `upgrade` of an HTTP server has it. */
export interface UpgradeRequest {
  readonly request: IncomingMessage
  /** What came behind the request. */
  readonly head: Buffer
}

/** Answers requests for WebSockets. */
export class Upgrade {
  readonly #server: WebSocketServer

  constructor({ shared }: Pick<WebSocketSettings, 'shared'>) {
    this.#server = new WebSocketServer({
      ...shared,
      noServer: true,
      clientTracking: false,
      handleProtocols: (protocols) =>
        protocols.has(HALF_CLOSE) ? HALF_CLOSE : (protocols.values().next().value ?? false),
    })
  }

  /** Makes a WebSocket of the connection that a request came by. Rejects if the request is wrong, or the connection closes. */
  accept({ request, head }: UpgradeRequest, { duplex, ...proof }: SecuredConnection): Promise<SecuredConnection> {
    return new Promise((resolve, reject) => {
      rejectOnceClosed(duplex, reject)
      this.#server.handleUpgrade(request, duplex, head, (webSocket) => {
        resolve({ ...proof, duplex: new WebSocketDuplex(webSocket, duplex), headers: request.headers })
      })
    })
  }
}

/** What a connection that closes before it has become a WebSocket does to the promise of one. */
export function rejectOnceClosed(duplex: Duplex, reject: (error: Error) => void): void {
  const error = new Error('The connection was closed during the WebSocket handshake')
  if (duplex.closed) reject(error)
  else duplex.once('close', () => reject(error))
}
