import net from 'node:net'
import type { Address } from '../peer/endpoint.js'
import type { Transport } from '../peer/transport.js'
import { connect, listen } from './socket-transport.js'

/** TCP, for `{ host, port }` and `tcp://host:port`. */
export const tcp: Transport = {
  name: 'tcp',
  accepts: (address) => 'port' in address && address.tls === undefined,
  listen: (address, options) => listen(target(address), options, addressOf),
  connect: (address, signal) => connect(target(address), signal, addressOf),
}

function target(address: Address): net.TcpSocketConnectOpts {
  if ('port' in address) return { host: address.host, port: address.port }
  throw new TypeError(`Cannot use ${address.path} for TCP: expected { host, port }`)
}

function addressOf(end: net.Server | net.Socket): Address {
  if (end instanceof net.Socket) return { host: end.remoteAddress ?? '', port: end.remotePort ?? 0 }
  // A server that listens at a port answers with an object.
  const { address: host, port } = end.address() as net.AddressInfo
  return { host, port }
}
