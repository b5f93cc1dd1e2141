import type { Address } from '../peer/endpoint.js'
import type { Transport } from '../peer/transport.js'
import { connect, listen } from './socket-transport.js'

/** Unix sockets, for `{ path }` and `unix:/path`. Both ends of a connection have the path as their address. */
export const unix: Transport = {
  name: 'unix',
  accepts: (address) => 'path' in address && address.tls === undefined,
  listen: (address, options) => listen({ path: pathOf(address) }, options, () => ({ path: pathOf(address) })),
  connect: (address, signal) => connect({ path: pathOf(address) }, signal, () => ({ path: pathOf(address) })),
}

function pathOf(address: Address): string {
  if ('path' in address) return address.path
  throw new TypeError(`Cannot use port ${address.port} for a Unix socket: expected { path }`)
}
