import type net from 'node:net'
import { nameOf } from '../arguments.js'
import { connectToName } from './connect-to-name.js'
import { type Address, type Endpoint, formatAddress, type IpAddress } from './endpoint.js'
import { DEFAULT_HOST, ipAddressOf, parseHostAndPort, refuseOthers } from './ip-endpoint.js'
import { connectionOf, listenAt, listenerOf } from './socket.js'
import type { Connection, ConnectOptions, Transport } from './transport.js'

const FORM = 'tcp://host:port, host:port or port'

/** TCP, for `{ host, port }`, `tcp://host:port`, `host:port`, and a port of 127.0.0.1 alone. */
export const tcp: Transport = {
  name: 'tcp',
  example: FORM,
  parse: (endpoint) => (typeof endpoint === 'string' ? parseText(endpoint) : parseObject(endpoint)),
  format: formatAddress,
  listen: async (address, options) => {
    const server = await listenAt(targetOf(address), options, remoteOf)
    // A server that listens at a port answers with an object.
    const { address: host, port } = server.address() as net.AddressInfo
    return listenerOf(server, { host, port })
  },
  connect,
}

async function connect(address: Address, options: ConnectOptions): Promise<Connection> {
  const target = targetOf(address)
  const socket = await connectToName(target, options)
  const remote = remoteOf(socket)
  if (remote !== undefined && !isItself(socket)) return connectionOf(socket, remote)
  socket.destroy()
  // The system found our own port free, and gave it to us for calling it: nothing listens there.
  throw Object.assign(new Error(`connect ECONNREFUSED ${formatAddress(target)}`), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: target.host,
    port: target.port,
  })
}

function isItself({ localAddress, localPort, remoteAddress, remotePort }: net.Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress
}

// A socket that was reset before it was accepted has no remote end any more.
function remoteOf({ remoteAddress, remotePort }: net.Socket): IpAddress | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined
  return { host: plainAddress(remoteAddress), port: remotePort }
}

// A listener for IPv6 that takes IPv4 too tells it in a form that no rule written for IPv4 matches: ::ffff:127.0.0.1.
function plainAddress(address: string): string {
  const mapped = /^::ffff:(?<ip4>\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return mapped?.groups?.['ip4'] ?? address
}

function targetOf({ host = DEFAULT_HOST, port = 0 }: Address): IpAddress {
  return { host, port }
}

function parseText(text: string): Address | undefined {
  if (/^\d+$/.test(text)) return ipAddressOf(DEFAULT_HOST, Number(text))
  const address = parseHostAndPort(text.replace(/^tcp:\/\//i, ''))
  if (address === undefined && /^tcp:/i.test(text)) {
    throw new TypeError(`Cannot use endpoint ${nameOf(text)}: expected ${FORM}`)
  }
  return address
}

function parseObject({ host, port, tls = false, ...others }: Exclude<Endpoint, URL | string>): Address | undefined {
  if ((port === undefined && host === undefined) || tls !== false) return undefined
  refuseOthers(others)
  return ipAddressOf(host, port)
}
