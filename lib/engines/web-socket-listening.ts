import type { Server } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type Address, formatAddress } from '../transports/endpoint.js'
import { remoteOf, tcp } from '../transports/tcp.js'
import { TlsAcceptor } from '../transports/tls-acceptor.js'
import { settingsIn } from '../transports/tls-options.js'
import { securedBy } from '../transports/tls-socket.js'
import type { Connection, Listener, ListenOptions, SecuredConnection } from '../transports/transport.js'
import type { WebSocketSettings } from './web-socket.js'
import { WebSocketAcceptor } from './web-socket-acceptor.js'
import { addressOf } from './web-socket-address.js'
import { takePath } from './web-socket-paths.js'
import { Upgrade } from './web-socket-upgrade.js'

/**
 * Listens at a port of its own, or at a path of the user's server.
 *
 * | where  | a connection is announced when | and its handshake is            |
 * | ws:    | TCP has accepted it            | the upgrade                     |
 * | wss:   | TCP has accepted it            | that of TLS, then the upgrade   |
 * | a path | it asks for the upgrade        | the answer                      |
 */
export async function listenForWebSockets(
  address: Address,
  options: ListenOptions,
  settings: WebSocketSettings,
): Promise<Listener> {
  return address.host === undefined
    ? listenAtPath(address.url!, options, settings)
    : listenAtPort(address, options, settings)
}

async function listenAtPort(address: Address, options: ListenOptions, settings: WebSocketSettings): Promise<Listener> {
  const url = new URL(address.url!)
  const acceptor = new WebSocketAcceptor(url.pathname, settings)
  const tls =
    url.protocol === 'wss:' ? await TlsAcceptor.open([options.tls, settingsIn(address)], options.onError) : undefined
  const secure = async (connection: Connection): Promise<SecuredConnection> =>
    acceptor.accept(tls === undefined ? connection : await tls.accept(connection.duplex))
  const listener = await tcp.listen(address, {
    ...options,
    onConnection: (connection) => options.onConnection({ ...connection, secure: () => secure(connection) }),
  })
  return { address: addressOf(url, listener.address.port), close: () => listener.close() }
}

function listenAtPath(url: string, options: ListenOptions, { server, ...settings }: WebSocketSettings): Listener {
  options.signal?.throwIfAborted()
  if (server === undefined) {
    throw new TypeError(`Cannot listen at ${url}: expected a server, as in webSocket({ server })`)
  }
  const path = url.slice('ws:'.length)
  const upgrade = new Upgrade(settings)
  const close = takePath(server, path, (asked, duplex) => {
    const connection = connectionOf(duplex, options)
    if (connection === undefined) duplex.on('error', ignore).destroy()
    else options.onConnection({ ...connection, secure: () => upgrade.accept(asked, connection) })
  })
  return { address: addressAt(server, path), close }
}

function addressAt(server: Server, path: string): Address {
  const at = server.address()
  if (at === null || typeof at === 'string') return { url: `ws:${path}` }
  const scheme = server instanceof https.Server ? 'wss' : 'ws'
  return addressOf(new URL(`${scheme}://${formatAddress({ host: at.address, port: at.port })}${path}`))
}

/** A connection of the user's server; `undefined` for one that was reset before it was announced. */
function connectionOf(duplex: Duplex, { keepAliveMs }: ListenOptions): Connection | undefined {
  // What an HTTP server hands over is a socket: TCP, TLS, or one of the file system.
  const socket = duplex as Socket
  const address = remoteOf(socket) ?? (socket.remoteFamily === undefined ? { url: 'ws:' } : undefined)
  if (address === undefined) return undefined
  if (keepAliveMs !== Infinity) socket.setKeepAlive(true, Math.max(keepAliveMs, 1000))
  return { ...(socket instanceof TLSSocket ? securedBy(socket) : { duplex }), address }
}

function ignore(): void {
  // It is gone; what was wrong with it concerns nothing.
}
