import type net from 'node:net'
import { nameOf } from '../arguments.js'
import { type Address, type Endpoint, formatAddress } from './endpoint.js'
import { connectionOf, connectTo, listenAt } from './socket.js'
import { closeKeepingOthers, fileAt, removeIfStale } from './socket-file.js'
import type { ListenOptions, Listener, Transport } from './transport.js'

// Bytes of a path that the system's address has room for, less the zero that ends it. The rest would be cut off silently.
const LONGEST_PATH = { linux: 107, darwin: 103, freebsd: 103, openbsd: 103, win32: Infinity }

/** Unix sockets, for `{ path }` and `unix:/path`. Both ends of a connection have the path as their address. */
export const unix: Transport = {
  name: 'unix',
  example: 'unix:/path',
  parse,
  format: formatAddress,
  listen,
  connect: async (address, options) => {
    const { path } = parsed(address)
    return connectionOf(await connectTo({ path }, options), { path })
  },
}

async function listen(address: Address, options: ListenOptions): Promise<Listener> {
  const { path } = parsed(address)
  const begin = (): Promise<net.Server> => listenAt({ path }, options, () => ({ path }))
  const server = await begin().catch(async (error: unknown) => {
    if (
      (error as NodeJS.ErrnoException).code !== 'EADDRINUSE' ||
      options.replaceStale !== true ||
      !(await removeIfStale(path))
    )
      throw error
    return begin()
  })
  const file = fileAt(path)
  return { address: { path }, close: () => closeKeepingOthers(server, path, file) }
}

function parse(endpoint: Exclude<Endpoint, URL>): Address | undefined {
  if (typeof endpoint !== 'string') return endpoint.path === undefined ? undefined : parsed(endpoint)
  const path = /^unix:(?:\/\/)?(?<path>.*)$/is.exec(endpoint)?.groups?.['path']
  return path === undefined ? undefined : parsed({ path })
}

function parsed({ path, ...others }: Address): { readonly path: string } {
  if (typeof path !== 'string' || path === '') {
    throw new TypeError(`Cannot use path: expected a string that is not empty, got ${nameOf(path)}`)
  }
  const unknown = Object.entries(others).find(([, value]) => value !== undefined)
  if (unknown !== undefined) {
    throw new TypeError(`Cannot use endpoint with ${unknown[0]} beside its path: expected { path } or { host, port }`)
  }
  const longest = (LONGEST_PATH as Partial<Record<NodeJS.Platform, number>>)[process.platform] ?? LONGEST_PATH.linux
  const length = Buffer.byteLength(path)
  if (length > longest) {
    throw new RangeError(`Cannot use path of ${length} bytes: the system's limit is ${longest}`)
  }
  return { path }
}
