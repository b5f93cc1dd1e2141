import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Address, Endpoint } from './endpoint.js'

/**
 * A way to get duplexes: what a node asks of TCP, of Unix sockets, or of a transport of yours.
 *
 * A transport reads and writes addresses of its own. What it gives is held to the laws of `spec/contract/transport.ts`.
 */
export interface Transport {
  /** What errors and logs call it. */
  readonly name: string
  /** How its endpoints are written, for the error about one that no transport can read: `tcp://host:port`. */
  readonly example: string
  /**
   * Reads an endpoint; `undefined` if it is none of this transport's. URL objects arrive as text.
   *
   * @throws {TypeError | RangeError} If it is one of this transport's, and is wrong.
   */
  parse(endpoint: Exclude<Endpoint, URL>): Address | undefined
  /** Writes an address, as logs and the ids of peers have it. */
  format(address: Address): string
  /** Listens until closed. Rejects if it cannot, or with the signal's reason once that is aborted before it listens. */
  listen(address: Address, options: ListenOptions): Promise<Listener>
  /** Dials. Rejects if it cannot, or with the signal's reason once that is aborted. */
  connect(address: Address, options: ConnectOptions): Promise<Connection>
}

/** What holds for every connection of a node. */
export interface ConnectionOptions {
  /** TCP: milliseconds of silence after which the system asks whether the other end is still there. */
  readonly keepAliveMs: number
}

/** How a {@link Transport} listens. */
export interface ListenOptions extends ConnectionOptions {
  /** Connections that may wait to be accepted. @default 511 */
  readonly backlog?: number | undefined
  /** Unix sockets: whether a path at which nothing answers is taken over. @default false */
  readonly replaceStale?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Gets every connection. It attaches its error listener at once. */
  readonly onConnection: (connection: Connection) => void
  /** Gets what goes wrong while listening. */
  readonly onError: (error: Error) => void
}

/** How a {@link Transport} dials. */
export interface ConnectOptions extends ConnectionOptions {
  readonly signal: AbortSignal
}

/** A duplex and where it leads to. It is paused: nothing is read, not even an end, before it has become a peer. */
export interface Connection {
  readonly duplex: Duplex
  /** Where the remote end is. */
  readonly address: Address
  /** What the transport has proven of the remote end, equal for all its connections. @default nothing */
  readonly identity?: string | undefined
  /** WebSocket: the headers of the request for this connection. The remote end says them; nothing is proven. @default none */
  readonly headers?: IncomingHttpHeaders | undefined
}

/** What listens. */
export interface Listener {
  /** Where it listens, with what was found for a port of 0. */
  readonly address: Address
  /** Stops listening. Connections that were accepted stay open. */
  close(): void
}
