import { nameOf } from '../arguments.js'
import type { Address, Endpoint } from '../transports/endpoint.js'
import { keptTls } from '../transports/tls-options.js'

/** How endpoints of WebSocket are written. */
export const FORM = 'ws://host:port/path or wss://host:port/path'

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'ws:': 80, 'wss:': 443 }

/** Where a WebSocket leads: its URL, and the host and port in it. A path of a server that the user brings has neither. */
export interface WebSocketAddress extends Address {
  readonly url: string
}

/**
 * Reads `ws://host:port/path`, `wss://…`, and `ws:/path`, which is a path of the user's own server.
 *
 * @throws {TypeError} If it begins like one of them, and is none, or has `tls` and no `wss:`.
 */
export function parseWebSocketAddress(endpoint: Exclude<Endpoint, URL>): WebSocketAddress | undefined {
  const text: unknown = typeof endpoint === 'string' ? endpoint : endpoint.url
  if (typeof text !== 'string' || !/^wss?:/i.test(text)) return undefined
  const ownPath = /^ws:(?<path>\/(?!\/).*)$/i.exec(text)?.groups?.['path']
  if (ownPath !== undefined) return { url: `ws:${ownPath}` }
  if (!/^wss?:\/\/[^/]/i.test(text) || !URL.canParse(text)) throw notOne(text)
  const url = new URL(text)
  if (url.hash !== '' || url.username !== '') throw notOne(text)
  return { ...addressOf(url), ...tlsOf(endpoint, url) }
}

/** The address of a URL, with another port than it says if that was found out. */
export function addressOf(url: URL, port: number = portOf(url)): WebSocketAddress {
  const found = new URL(url)
  found.port = String(port)
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, url: found.href }
}

/** The path that an HTTP request asks for, without its query. */
export function pathOf(url = '/'): string {
  return url.split('?', 1)[0]!
}

function tlsOf(endpoint: Exclude<Endpoint, URL>, { protocol }: URL): Pick<Address, 'tls'> | undefined {
  if (typeof endpoint === 'string' || endpoint.tls === undefined || endpoint.tls === false) return undefined
  if (protocol === 'ws:') throw new TypeError(`Cannot use tls of ${nameOf(endpoint.url)}: expected a URL of wss:`)
  return { tls: keptTls(endpoint.tls) }
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? DEFAULT_PORTS[protocol]! : Number(port)
}

function notOne(text: string): TypeError {
  return new TypeError(`Cannot use endpoint ${nameOf(text)}: expected ${FORM}`)
}
