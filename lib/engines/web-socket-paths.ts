import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { alreadyTaken } from './cut.js'
import { pathOf } from './web-socket-address.js'
import type { UpgradeRequest } from './web-socket-upgrade.js'

/** Gets the requests for WebSockets that come to a path, and the connections they come by. */
export type OnAsked = (asked: UpgradeRequest, duplex: Duplex) => void

// By server and path.
const places = new WeakMap<Server, Map<string, OnAsked>>()

/** Takes a path of a server of the user's. @returns What leaves it. @throws {Error} `EADDRINUSE` if it is taken. */
export function takePath(server: Server, path: string, onAsked: OnAsked): () => void {
  const paths = places.get(server) ?? pathsOf(server)
  if (paths.has(path)) throw alreadyTaken(path)
  paths.set(path, onAsked)
  return () => {
    if (paths.get(path) === onAsked) paths.delete(path)
  }
}

/** Says that no WebSocket is to be had there. */
export function notFound(duplex: Duplex): void {
  duplex.on('error', ignore).end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

function pathsOf(server: Server): Map<string, OnAsked> {
  const paths = new Map<string, OnAsked>()
  places.set(server, paths)
  server.on('upgrade', (request: IncomingMessage, duplex, head) => {
    const onAsked = paths.get(pathOf(request.url))
    if (onAsked !== undefined) onAsked({ request, head }, duplex)
    // Others may take it, where others listen.
    else if (server.listenerCount('upgrade') === 1) notFound(duplex)
  })
  return paths
}

function ignore(): void {
  // The connection is about to be closed; what is wrong with it concerns nothing.
}
