import type { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Address, Endpoint } from './endpoint.js'
import type { TlsSettings } from './tls-options.js'

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
  /** TLS: the node's `tls` option. */
  readonly tls?: TlsSettings | undefined
}

/** How a {@link Transport} listens. */
export interface ListenOptions extends ConnectionOptions {
  /** Connections that may wait to be accepted. @default 511 */
  readonly backlog?: number | undefined
  /** Unix sockets: whether a path at which nothing answers is taken over. @default false */
  readonly replaceStale?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Gets every connection, as soon as it is accepted. It attaches its error listener at once. */
  readonly onConnection: (connection: Connection) => void
  /** Gets what goes wrong while listening. */
  readonly onError: (error: Error) => void
}

/** How a {@link Transport} dials. */
export interface ConnectOptions extends ConnectionOptions {
  readonly signal: AbortSignal
}

/** What a transport has proven of the remote end of a connection; nothing, unless it says so. */
export interface Proof {
  /** Equal for all connections of the same remote, and of no other one: the fingerprint of its certificate. */
  readonly identity?: string | undefined
  /** The certificate of which the remote has shown that it has the key. */
  readonly certificate?: X509Certificate | undefined
  /** Whether the certificate is of an authority that is trusted here. An identity is proven without one too. */
  readonly authorized?: boolean | undefined
  /** What the remote has been shown of this node: its identity as the remote knows it. */
  readonly ownIdentity?: string | undefined
}

/** A duplex, and what is proven of its other end. */
export interface SecuredConnection extends Proof {
  readonly duplex: Duplex
}

/** A duplex and where it leads to. It is paused: nothing is read, not even an end, before it has become a peer. */
export interface Connection extends SecuredConnection {
  /** Where the remote end is. */
  readonly address: Address
  /**
   * Shakes hands, in a transport that does; others leave it out. A connection is announced before that, so that one which is
   * not to come in costs no handshake: this is called once, or never. It resolves with what becomes the peer, which takes the
   * place of `duplex` and is paused too; while it takes, the connection counts as not admitted. It is given up by destroying
   * `duplex`, and rejects then, as it does when the handshake fails.
   */
  readonly secure?: (() => Promise<SecuredConnection>) | undefined
}

/** What listens. */
export interface Listener {
  /** Where it listens, with what was found for a port of 0. */
  readonly address: Address
  /** Stops listening. Connections that were accepted stay open. */
  close(): void
}
