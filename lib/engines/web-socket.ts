import type { Server } from 'node:http'
import { checkInteger, checkOptions, nameOf } from '../arguments.js'
import { formatAddress } from '../transports/endpoint.js'
import type { Transport } from '../transports/transport.js'
import { FORM, parseWebSocketAddress } from './web-socket-address.js'
import { dialWebSocket } from './web-socket-dialling.js'
import { HALF_CLOSE } from './web-socket-duplex.js'
import { listenForWebSockets } from './web-socket-listening.js'

/** Options of {@link webSocket}. */
export interface WebSocketOptions {
  /** Takes connections for endpoints such as `ws:/path`, at that path of it. @default none */
  readonly server?: Server | undefined
  /** Sent when dialling, such as `authorization` and `origin`. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * Subprotocol that is asked for when dialling. With `lengthwise` one side of a connection can end while the other goes
   * on; servers of others may want another one, or an empty one for none. @default 'lengthwise'
   */
  readonly protocol?: string | undefined
  /** Longest message of WebSocket that is taken, in bytes; those sent have 65536 at most. @default 1048576 */
  readonly maxPayload?: number | undefined
}

/** {@link WebSocketOptions} with every default filled in. */
export interface WebSocketSettings {
  readonly server: Server | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly protocol: string
  /** For every WebSocket, both ways. */
  readonly shared: {
    readonly maxPayload: number
    readonly perMessageDeflate: false
    readonly closeTimeout: number
  }
}

const NAMES = ['server', 'headers', 'protocol', 'maxPayload'] as const
// How long the far end may take to answer that a connection is over, in milliseconds.
const CLOSE_TIMEOUT_MS = 2000
const MAX_LENGTH = 2 ** 31 - 1

/**
 * WebSocket as a transport, over the package `ws`: for `ws://host:port/path`, `wss://host:port/path`, and `ws:/path` of an
 * `http.Server` of yours. Its messages are pieces of the byte stream; the frames in it are those of the node.
 *
 * `wss:` takes the node's `tls` option, which `{ url, tls }` overrides, and proves as much of the remote end as `tls:` does.
 * Browsers dial it with `connectWebSocket` of `lengthwise/web`. `goodPeer` gets the headers of their request, `origin`
 * among them: any page can dial a server that does not look at it.
 *
 * @throws {TypeError} If an option has the wrong type, or is none.
 * @throws {RangeError} If `maxPayload` is out of range.
 * @example
 * const goodPeer = ({ headers }) => headers?.origin === 'https://example.org'
 * const node = new PeerNode({ transports: [webSocket()], bind: 'ws://127.0.0.1:9000/peers', goodPeer })
 */
export function webSocket(options: WebSocketOptions = {}): Transport {
  const settings = settingsOf(options)
  return {
    name: 'webSocket',
    example: FORM,
    parse: parseWebSocketAddress,
    format: formatAddress,
    listen: (address, listening) => listenForWebSockets(address, listening, settings),
    connect: (address, dialling) => dialWebSocket(address, dialling, settings),
  }
}

function settingsOf(options: WebSocketOptions): WebSocketSettings {
  checkOptions(options, NAMES)
  const { server, headers = {}, protocol = HALF_CLOSE, maxPayload = 1_048_576 } = options
  checkInteger('maxPayload', maxPayload, 1, MAX_LENGTH)
  if (typeof protocol !== 'string') throw notUsable('protocol', 'a string', protocol)
  if (typeof headers !== 'object' || (headers as unknown) === null) throw notUsable('headers', 'an object', headers)
  if (server !== undefined && typeof (server as Partial<Server>).on !== 'function') {
    throw notUsable('server', 'an http.Server', server)
  }
  const shared = { maxPayload, perMessageDeflate: false, closeTimeout: CLOSE_TIMEOUT_MS } as const
  return { server, headers, protocol, shared }
}

function notUsable(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Cannot use ${name}: expected ${expected}, got ${nameOf(value)}`)
}
