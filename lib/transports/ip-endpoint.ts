import { checkInteger, nameOf } from '../arguments.js'
import type { IpAddress } from './endpoint.js'

/** The host of an endpoint that names none. */
export const DEFAULT_HOST = '127.0.0.1'

/** Reads `host:port` and `[ip6]:port`; `undefined` if it is neither. @throws {TypeError | RangeError} If it is wrong. */
export function parseHostAndPort(text: string): IpAddress | undefined {
  const { ip6, host, port } =
    /^(?:\[(?<ip6>[^\]]*)\]|(?<host>[^:/[\]@?#\s]*)):(?<port>\d+)\/?$/.exec(text)?.groups ?? {}
  return port === undefined ? undefined : ipAddressOf(ip6 ?? host, Number(port))
}

/** Puts an address together. @throws {TypeError | RangeError} If it is wrong. */
export function ipAddressOf(host: unknown = DEFAULT_HOST, port: unknown): IpAddress {
  if (typeof host !== 'string') throw new TypeError(`Cannot use host: expected a string, got ${nameOf(host)}`)
  if (host === '') throw new TypeError('Cannot use host: it is empty; write 0.0.0.0 or :: for all addresses')
  checkInteger('port', port, 0, 65_535)
  const ip6 = /^\[(?<ip6>.+)\]$/.exec(host)?.groups?.['ip6']
  return { host: ip6 ?? host, port: port as number }
}

/** Refuses what has no place beside a port. @throws {TypeError} If any of `others` is set. */
export function refuseOthers(others: object): void {
  const unknown = Object.entries(others).find(([, value]) => value !== undefined)
  if (unknown === undefined) return
  throw new TypeError(
    `Cannot use endpoint with ${unknown[0]} beside its port: expected { host, port, tls } or { path }`,
  )
}
