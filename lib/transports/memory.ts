import { type Address, type Endpoint, formatAddress } from './endpoint.js'
import { MemoryDuplex } from './memory-duplex.js'
import type { Connection, ListenOptions, Transport } from './transport.js'

const SCHEME = 'memory:'

/** What listens in this process, by URL. */
const listening = new Map<string, ListenOptions['onConnection']>()
let free = 0

/**
 * Connections inside this process, for `memory:name`: for tests, and for programs whose parts may be apart one day.
 * `memory:` alone listens at any free name. Both ends of a connection have the URL as their address.
 */
export const memory: Transport = {
  name: 'memory',
  example: 'memory:name',
  parse,
  format: formatAddress,
  listen: async (address, { onConnection, signal }) => {
    signal?.throwIfAborted()
    const url = address.url === SCHEME ? freeUrl() : urlOf(address)
    if (listening.has(url)) throw systemError('EADDRINUSE', 'listen', url)
    listening.set(url, onConnection)
    const close = (): void => {
      if (listening.get(url) === onConnection) listening.delete(url)
    }
    return { address: { url }, close }
  },
  connect: async (address, { signal }) => {
    signal.throwIfAborted()
    const url = urlOf(address)
    const onConnection = listening.get(url)
    if (onConnection === undefined) throw systemError('ECONNREFUSED', 'connect', url)
    const [near, far] = MemoryDuplex.pair().map((duplex): Connection => ({ duplex: duplex.pause(), address: { url } }))
    // Later, as with sockets: who dials is not called back from inside of connecting.
    setImmediate(() => onConnection(far!))
    return near!
  },
}

function parse(endpoint: Exclude<Endpoint, URL>): Address | undefined {
  const url: unknown = typeof endpoint === 'string' ? endpoint : endpoint.url
  if (typeof url !== 'string' || !url.toLowerCase().startsWith(SCHEME)) return undefined
  return { url: SCHEME + url.slice(SCHEME.length) }
}

function urlOf({ url = SCHEME }: Address): string {
  return url
}

function freeUrl(): string {
  do free++
  while (listening.has(`${SCHEME}${free}`))
  return `${SCHEME}${free}`
}

function systemError(code: string, syscall: string, url: string): Error {
  return Object.assign(new Error(`${syscall} ${code} ${url}`), { code, syscall, address: url })
}
