import { nameOf } from '../arguments.js'
import type { TlsSettings } from './tls-options.js'
import type { Transport } from './transport.js'

/**
 * Where a node listens, or what it dials. As text: `tcp://127.0.0.1:9000`, `localhost:9000`, `9000` (a port of
 * 127.0.0.1), `tls://localhost:9000`, `unix:/run/x.sock`, `memory:name`, or what an added transport reads. A host is never guessed to be all
 * addresses: write `0.0.0.0` or `::` for them.
 */
export type Endpoint = string | URL | Address

/**
 * Where one end of a connection is. Each transport has addresses of its own; these are the parts that the ones here use.
 * Any address is an endpoint too.
 */
export interface Address {
  /** TCP: a name or an IP address. As an endpoint it may be left out, and is then `127.0.0.1`. */
  readonly host?: string | undefined
  /** TCP: 0 as an endpoint to listen at stands for any free port. */
  readonly port?: number | undefined
  /** Whether it is TLS over TCP. As an endpoint it may be options of node:tls, which override those of the node. */
  readonly tls?: boolean | TlsSettings | undefined
  /** Unix sockets: a path in the file system. */
  readonly path?: string | undefined
  /** Others: a URL, such as `memory:name`. */
  readonly url?: string | undefined
}

/** An {@link Address} of TCP. */
export interface IpAddress extends Address {
  readonly host: string
  readonly port: number
}

/** An {@link Address} of a Unix socket. */
export interface PathAddress extends Address {
  readonly path: string
}

/** An endpoint that has been read: which transport takes it, and where it leads. */
export interface Target {
  readonly transport: Transport
  readonly address: Address
  /** How people write it; equal for equal endpoints. */
  readonly name: string
}

/**
 * Reads an endpoint with the first transport that knows it.
 *
 * @throws {TypeError} If none does, or if it is not complete.
 * @throws {RangeError} If its port, or the length of its path, is out of range.
 */
export function resolveEndpoint(endpoint: Endpoint, transports: readonly Transport[]): Target {
  const written = endpoint instanceof URL ? decodeURIComponent(endpoint.href) : endpoint
  const isReadable = typeof written === 'string' || (typeof written === 'object' && (written as unknown) !== null)
  for (const transport of isReadable ? transports : []) {
    const address = transport.parse(written)
    if (address !== undefined) return { transport, address, name: transport.format(address) }
  }
  const examples = transports.map(({ example }) => example).join(', ')
  throw new TypeError(`Cannot use endpoint: expected { port }, { path }, ${examples}; got ${describe(endpoint)}`)
}

/** Writes an address as people do: `127.0.0.1:9000`, `tls://[::1]:9000`, `/run/x.sock`, `memory:name`. */
export function formatAddress({ host = '', port, tls = false, path, url }: Address): string {
  if (path !== undefined) return path
  if (url !== undefined) return url
  // Every peer keeps it: V8 keeps the parts of a template string alive beside the result, 0.1 KiB.
  const place = host.includes(':') ? `[${host}]` : host
  return [tls === false ? place : `tls://${place}`, port].join(':')
}

function describe(endpoint: unknown): string {
  if (endpoint instanceof URL) return `URL ${endpoint.href}`
  const isPlain = typeof endpoint === 'object' && endpoint !== null && endpoint.constructor === Object
  if (isPlain && Object.keys(endpoint).length === 0) return '{}'
  return isPlain ? `{ ${Object.keys(endpoint).join(', ')} }` : nameOf(endpoint)
}
