import { once } from 'node:events'
import http, { type IncomingMessage, type Server } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type Address, formatAddress } from '../transports/endpoint.js'
import { remoteOf } from '../transports/tcp.js'
import type { Listener, ListenOptions } from '../transports/transport.js'
import { alreadyTaken } from './cut.js'
import type { WebSocketSettings } from './web-socket.js'
import { addressOf, pathOf } from './web-socket-address.js'
import { HALF_CLOSE, WebSocketDuplex } from './web-socket-duplex.js'

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What takes connections, by server and path. */
const places = new WeakMap<Server, Map<string, Upgrade>>()

// How long a connection may take to ask for a WebSocket, in milliseconds.
const REQUEST_TIMEOUT_MS = 10_000

/** Listens at a port of its own, or at a path of the user's server. */
export async function listenForWebSockets(
  address: Address,
  options: ListenOptions,
  settings: WebSocketSettings,
): Promise<Listener> {
  options.signal?.throwIfAborted()
  const { host, port, url = '' } = address
  const upgrade = upgradeWith(options, settings)
  if (host === undefined) return listenAtPath(url, upgrade, settings.server)
  const parsed = new URL(url)
  const server = serverFor(parsed, options, settings)
  await listening(server, { host, port: port!, backlog: options.backlog }, options.signal)
  server.on('error', options.onError)
  const leave = takePlace(server, parsed.pathname, upgrade)
  // A server that listens at a port answers with an object.
  const { port: found } = server.address() as AddressInfo
  const close = (): void => {
    leave()
    server.close()
  }
  return { address: addressOf(parsed, found), close }
}

function listenAtPath(url: string, upgrade: Upgrade, server: Server | undefined): Listener {
  if (server === undefined) {
    throw new TypeError(`Cannot listen at ${url}: expected a server, as in webSocket({ server })`)
  }
  const path = url.slice('ws:'.length)
  const close = takePlace(server, path, upgrade)
  const at = server.address()
  if (at === null || typeof at === 'string') return { address: { url }, close }
  const scheme = server instanceof https.Server ? 'wss' : 'ws'
  return {
    address: addressOf(new URL(`${scheme}://${formatAddress({ host: at.address, port: at.port })}${path}`)),
    close,
  }
}

function serverFor({ protocol }: URL, { keepAliveMs }: ListenOptions, { tls }: WebSocketSettings): Server {
  const options: http.ServerOptions = {
    noDelay: true,
    keepAlive: keepAliveMs !== Infinity,
    ...(keepAliveMs !== Infinity && { keepAliveInitialDelay: Math.max(keepAliveMs, 1000) }),
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 10,
  }
  const server = protocol === 'wss:' ? https.createServer({ ...options, ...tls }) : http.createServer(options)
  return server.on('request', (_request, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end()
  })
}

async function listening(
  server: Server,
  target: { readonly host: string; readonly port: number; readonly backlog: number | undefined },
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const { backlog, ...where } = target
    server.listen({ ...where, ...(backlog !== undefined && { backlog }) })
    await once(server, 'listening', { ...(signal && { signal }) })
  } catch (error) {
    server.on('error', ignore).close()
    signal?.throwIfAborted()
    throw error
  }
}

/** Takes a path of a server. @returns What leaves it. @throws {Error} `EADDRINUSE` if it is taken. */
function takePlace(server: Server, path: string, upgrade: Upgrade): () => void {
  const paths = places.get(server) ?? placesOf(server)
  if (paths.has(path)) throw alreadyTaken(path)
  paths.set(path, upgrade)
  return () => {
    if (paths.get(path) === upgrade) paths.delete(path)
  }
}

function placesOf(server: Server): Map<string, Upgrade> {
  const paths = new Map<string, Upgrade>()
  places.set(server, paths)
  server.on('upgrade', (request, socket, head) => {
    const upgrade = paths.get(pathOf(request.url))
    if (upgrade !== undefined) upgrade(request, socket, head)
    // Others may take it, where others listen.
    else if (server.listenerCount('upgrade') === 1) refuse(socket)
  })
  return paths
}

function upgradeWith({ onConnection, keepAliveMs }: ListenOptions, { shared }: WebSocketSettings): Upgrade {
  const server = new WebSocketServer({
    ...shared,
    noServer: true,
    clientTracking: false,
    handleProtocols: (protocols) =>
      protocols.has(HALF_CLOSE) ? HALF_CLOSE : (protocols.values().next().value ?? false),
  })
  return (request, duplex, head) => {
    // What an HTTP server hands over is a socket: TCP, TLS, or one of the file system.
    const socket = duplex as Socket
    const remote = remoteOf(socket) ?? (socket.remoteFamily === undefined ? { url: 'ws:' } : undefined)
    if (remote === undefined) {
      socket.on('error', ignore).destroy()
      return
    }
    if (keepAliveMs !== Infinity) socket.setKeepAlive(true, Math.max(keepAliveMs, 1000))
    server.handleUpgrade(request, socket, head, (webSocket) => {
      onConnection({ duplex: new WebSocketDuplex(webSocket, socket), address: remote, headers: request.headers })
    })
  }
}

function refuse(socket: Duplex): void {
  socket.on('error', ignore).end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

function ignore(): void {
  // The socket is about to be closed; what is wrong with it concerns nothing.
}
