import { nameOf } from '../arguments.js'

/** Where a node listens, or whom it dials. The host defaults to `127.0.0.1`; as a URL: `tcp://127.0.0.1:9000`, `unix:/run/x.sock`. */
export type Endpoint =
  | string
  | { readonly host?: string | undefined; readonly port: number; readonly tls?: unknown }
  | { readonly path: string; readonly tls?: unknown }

/** An endpoint with nothing left to guess: an IP endpoint, or the path of a Unix socket. */
export type Address = IpAddress | PathAddress

/** Host and port of one end of a connection. */
export interface IpAddress {
  readonly host: string
  readonly port: number
  readonly tls?: unknown
}

/** Path of a Unix socket. */
export interface PathAddress {
  readonly path: string
  readonly tls?: unknown
}

const DEFAULT_HOST = '127.0.0.1'
const SCHEMES = 'tcp://host:port, tls://host:port or unix:/path'

/**
 * Reads an endpoint.
 *
 * @throws {TypeError} If it has none of the shapes of an {@link Endpoint}.
 * @throws {RangeError} If its port is no integer from 0 to 65535.
 */
export function parseEndpoint(endpoint: Endpoint): Address {
  if (typeof endpoint === 'string') return parseUrl(endpoint)
  if (typeof endpoint === 'object' && (endpoint as unknown) !== null) {
    if ('path' in endpoint && typeof endpoint.path === 'string' && endpoint.path !== '') return { ...endpoint }
    if ('port' in endpoint) {
      const { host = DEFAULT_HOST, port } = endpoint
      if (typeof host !== 'string') throw new TypeError(`Cannot use host: expected a string, got ${nameOf(host)}`)
      return { ...endpoint, host, port: checkPort(port) }
    }
  }
  throw new TypeError(`Cannot use endpoint: expected { host, port }, { path } or a URL, got ${nameOf(endpoint)}`)
}

/** Writes an address as people do: `127.0.0.1:9000`, `[::1]:9000`, `/run/x.sock`. */
export function formatAddress(address: Address): string {
  if ('path' in address) return address.path
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  // Every peer keeps it: a template would keep its parts beside the whole, 0.1 KiB.
  return [host, address.port].join(':')
}

function parseUrl(text: string): Address {
  const path = /^unix:(?:\/\/)?(?<path>.+)$/.exec(text)?.groups?.['path']
  if (path !== undefined) return { path }
  const match = /^(?<scheme>tcp|tls):\/\/(?:\[(?<ip6>[^\]]+)\]|(?<host>[^:/[\]]+)):(?<port>\d+)\/?$/.exec(text)
  if (!match?.groups) throw new TypeError(`Cannot use endpoint ${nameOf(text)}: expected ${SCHEMES}`)
  const { scheme, ip6, host, port } = match.groups
  const address = { host: ip6 ?? host ?? DEFAULT_HOST, port: checkPort(Number(port)) }
  return scheme === 'tls' ? { ...address, tls: {} } : address
}

function checkPort(port: unknown): number {
  if (typeof port !== 'number') throw new TypeError(`Cannot use port: expected a number, got ${nameOf(port)}`)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new RangeError(`Cannot use port: expected an integer from 0 to 65535, got ${port}`)
}
