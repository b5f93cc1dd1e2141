import type { ConnectionOptions, TlsOptions as ServerOptions } from 'node:tls'
import { nameOf } from '../arguments.js'

/**
 * Options of node:tls, which go to it as they are: `key`, `cert`, `ca`, `requestCert`, `rejectUnauthorized`, `servername`,
 * `SNICallback`, `ALPNProtocols`, `minVersion` and so on. Those for servers hold for who comes in, those for clients for who
 * is dialled, and those for both hold for both. Source: https://nodejs.org/docs/latest-v20.x/api/tls.html
 */
export interface TlsOptions
  extends
    Omit<ConnectionOptions, 'host' | 'port' | 'path' | 'socket' | 'timeout' | 'lookup' | 'pskCallback'>,
    Pick<ServerOptions, 'handshakeTimeout' | 'sessionTimeout' | 'ticketKeys'> {}

/**
 * {@link TlsOptions}, or a function that answers them and is asked for every connection. As long as it answers the same
 * object nothing changes; a new one, with a certificate that was renewed, holds for all connections from then on.
 */
export type TlsSettings = TlsOptions | (() => TlsOptions)

// One object, so that it is seen to be the same.
const NONE: TlsOptions = {}

/** @throws {TypeError} If `tls` is neither options nor a function. */
export function checkTls(tls: unknown): void {
  if (typeof tls === 'function' || (typeof tls === 'object' && tls !== null)) return
  throw new TypeError(
    `Cannot use tls: expected options of node:tls, or a function that answers them, got ${nameOf(tls)}`,
  )
}

/** The settings in an endpoint, which override those of the node. */
export function settingsIn({ tls }: { readonly tls?: boolean | TlsSettings | undefined }): TlsSettings | undefined {
  return typeof tls === 'boolean' ? undefined : tls
}

/**
 * What an address keeps of the `tls` of an endpoint: options in a function, so that a key does not get into a log with it.
 *
 * @throws {TypeError} If it is neither `true`, nor options, nor a function.
 */
export function keptTls(tls: true | TlsSettings): true | TlsSettings {
  if (tls !== true) checkTls(tls)
  return typeof tls === 'object' ? () => tls : tls
}

/** What settings say now. @throws {TypeError} If a function answers something else than options. */
export function currentOf(settings: TlsSettings = NONE): TlsOptions {
  if (typeof settings !== 'function') return settings
  const options: unknown = settings()
  if (typeof options === 'object' && options !== null) return options
  throw new TypeError(`Cannot use tls: expected a function that answers options of node:tls, got ${nameOf(options)}`)
}

/** One object of several, of which later ones override those before. */
export function merged(options: readonly TlsOptions[]): TlsOptions {
  return Object.assign({}, ...options) as TlsOptions
}
