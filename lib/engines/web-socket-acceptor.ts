import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SecuredConnection } from '../transports/transport.js'
import type { WebSocketSettings } from './web-socket.js'
import { pathOf } from './web-socket-address.js'
import { notFound } from './web-socket-paths.js'
import { rejectOnceClosed, Upgrade, type UpgradeRequest } from './web-socket-upgrade.js'

/** Shakes hands with who comes in: by an HTTP server that listens nowhere and is given connections. */
export class WebSocketAcceptor {
  readonly #path: string
  readonly #upgrade: Upgrade
  // Who waits for what a connection asks for.
  readonly #waiting = new WeakMap<Duplex, (asked: UpgradeRequest) => void>()
  readonly #server: Server

  /** @param path Where it takes WebSockets. */
  constructor(path: string, settings: WebSocketSettings) {
    this.#path = path
    this.#upgrade = new Upgrade(settings)
    this.#server = createServer((_request, response) => {
      response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end()
    }).on('upgrade', (request, duplex, head) => this.#onUpgrade(request, duplex, head))
  }

  /** Waits for the request that comes by a connection, and makes a WebSocket of it. Rejects if the connection closes. */
  async accept(connection: SecuredConnection): Promise<SecuredConnection> {
    const { duplex } = connection
    return new Promise((resolve, reject) => {
      rejectOnceClosed(duplex, reject)
      this.#waiting.set(duplex, (asked) => resolve(this.#upgrade.accept(asked, connection)))
      // The way to give it a connection: https://nodejs.org/docs/latest-v20.x/api/http.html#event-connection
      this.#server.emit('connection', duplex)
      duplex.resume()
    })
  }

  #onUpgrade(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    if (pathOf(request.url) === this.#path) this.#waiting.get(duplex)?.({ request, head })
    else notFound(duplex)
  }
}
