import type { Duplex } from 'node:stream'
import type { Address } from './endpoint.js'

/** A way to get duplexes: what a node asks of TCP, of Unix sockets, or of a transport of yours. */
export interface Transport {
  /** What errors and logs call it. */
  readonly name: string
  /** Whether it can listen at and dial `address`. */
  accepts(address: Address): boolean
  /** Listens until closed. Rejects if it cannot, or with the signal's reason once that is aborted before it listens. */
  listen(address: Address, options: ListenOptions): Promise<Listener>
  /** Dials. Rejects if it cannot, or with the signal's reason once that is aborted. */
  connect(address: Address, signal: AbortSignal): Promise<Connection>
}

/** How a {@link Transport} listens. */
export interface ListenOptions {
  /** Connections that may wait to be accepted. @default 511 */
  readonly backlog?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Gets every connection. It attaches its error listener at once. */
  readonly onConnection: (connection: Connection) => void
  /** Gets what goes wrong while listening. */
  readonly onError: (error: Error) => void
}

/** A duplex and whom it leads to. */
export interface Connection {
  readonly duplex: Duplex
  readonly address: Address
}

/** What listens. */
export interface Listener {
  /** Where it listens, with the port that was found for port 0. */
  readonly address: Address
  /** Stops listening. Connections that were accepted stay open. */
  close(): void
}
