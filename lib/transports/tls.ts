import { nameOf } from '../arguments.js'
import { type Address, type Endpoint, formatAddress, type IpAddress } from './endpoint.js'
import { ipAddressOf, parseHostAndPort, refuseOthers } from './ip-endpoint.js'
import { tcp } from './tcp.js'
import { TlsAcceptor } from './tls-acceptor.js'
import { dialTls } from './tls-dial.js'
import { keptTls, settingsIn } from './tls-options.js'
import type { Connection, Transport } from './transport.js'

const FORM = 'tls://host:port'

/**
 * TLS over TCP, for `tls://host:port` and `{ host, port, tls }`, where `tls` is `true`, or options of node:tls that override
 * those of the node's `tls` option.
 *
 * Connections are made and accepted as {@link tcp} does; the handshake comes when one may come in. The identity of the remote
 * end is the SHA-256 fingerprint of its certificate. node:tls is loaded by the first use.
 */
export const tls: Transport = {
  name: 'tls',
  example: FORM,
  parse: (endpoint) => (typeof endpoint === 'string' ? parseText(endpoint) : parseObject(endpoint)),
  format: formatAddress,
  listen: async (address, options) => {
    const acceptor = await TlsAcceptor.open([options.tls, settingsIn(address)], options.onError)
    const listener = await tcp.listen(withoutTls(address), {
      ...options,
      onConnection: (connection) => options.onConnection(withTls(connection, () => acceptor.accept(connection.duplex))),
    })
    return { address: { ...listener.address, tls: true }, close: () => listener.close() }
  },
  connect: async (address, options) => {
    const target = withoutTls(address)
    const connection = await tcp.connect(target, options)
    return withTls(connection, () => dialTls(connection.duplex, target.host, [options.tls, settingsIn(address)]))
  },
}

function withTls({ duplex, address }: Connection, secure: NonNullable<Connection['secure']>): Connection {
  return { duplex, address: { ...address, tls: true }, secure }
}

function withoutTls({ host, port }: Address): IpAddress {
  return ipAddressOf(host, port)
}

function parseText(text: string): Address | undefined {
  if (!/^tls:/i.test(text)) return undefined
  const address = parseHostAndPort(text.replace(/^tls:\/\//i, ''))
  if (address === undefined) throw new TypeError(`Cannot use endpoint ${nameOf(text)}: expected ${FORM}`)
  return { ...address, tls: true }
}

function parseObject({ host, port, tls = false, ...others }: Exclude<Endpoint, URL | string>): Address | undefined {
  if ((port === undefined && host === undefined) || tls === false) return undefined
  refuseOthers(others)
  return { ...ipAddressOf(host, port), tls: keptTls(tls) }
}
