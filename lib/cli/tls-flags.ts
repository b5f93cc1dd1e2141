import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type Endpoint, tcp, type TlsOptions, tls } from '../index.js'
import { cannot } from './failure.js'

/** What was typed of TLS: whether all endpoints use it, and paths of PEM files. */
export interface TlsFlags {
  readonly tls?: boolean
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

const FILES = ['ca', 'cert', 'key'] as const

/** Adds the options for TLS: commander makes {@link TlsFlags} of them. */
export function addTlsOptions(command: Command): void {
  command
    .optionsGroup('TLS, which tls://host:port asks for too:')
    .option('--tls', 'use it for every endpoint')
    .option('--cert <file>', 'our certificate, in PEM; who listens needs one')
    .option('--key <file>', 'its key, in PEM')
    .option('--ca <file>', 'trust only what these authorities have signed; who listens then asks for a certificate')
}

/** An endpoint as it is used: with `--tls`, the same place over TLS. @throws {TypeError} If TLS does not lead there. */
export function endpointWith({ tls: isAsked }: TlsFlags, endpoint: string): Endpoint {
  if (isAsked !== true || isTls(endpoint)) return endpoint
  const address = tcp.parse(endpoint)
  if (address === undefined) throw new TypeError(`Cannot use --tls with ${endpoint}: expected host:port or a port`)
  return { ...address, tls: true }
}

/** Where a node listens, and what it dials. */
interface Places {
  readonly bind: readonly Endpoint[]
  readonly connect: readonly Endpoint[]
}

/**
 * The options of node:tls that were typed.
 *
 * @throws {TypeError} If they cannot be used together, or with any of the endpoints.
 * @throws {Error} If a file cannot be read: what the system says, in words.
 */
export function tlsOptionsOf(flags: TlsFlags, { bind, connect }: Places): TlsOptions {
  const given = FILES.filter((name) => flags[name] !== undefined)
  if (given.length > 0 && ![...bind, ...connect].some(isTls)) {
    throw new TypeError(`Cannot use --${given[0]} without TLS: add --tls, or write tls://`)
  }
  if ((flags.cert === undefined) !== (flags.key === undefined)) {
    throw new TypeError(`Cannot use ${flags.key === undefined ? '--cert without --key' : '--key without --cert'}`)
  }
  if (bind.some(isTls) && flags.cert === undefined) {
    throw new TypeError('Cannot listen with TLS without a certificate: add --cert and --key')
  }
  const options = Object.fromEntries(given.map((name) => [name, read(flags[name]!)]))
  // Those who come in show a certificate only if they are asked.
  return { ...options, requestCert: flags.ca !== undefined }
}

function isTls(endpoint: Endpoint): boolean {
  return !(endpoint instanceof URL) && tls.parse(endpoint) !== undefined
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    return cannot(`read ${path}`)(error)
  }
}
