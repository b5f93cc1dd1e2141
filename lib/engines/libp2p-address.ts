import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { nameOf } from '../arguments.js'
import type { Address, Endpoint } from '../transports/endpoint.js'

/** How endpoints of libp2p are written. */
export const FORM = 'libp2p:, /ip4/127.0.0.1/tcp/4001/p2p/12D3Koo… or 12D3Koo…'

/** The endpoint of a node that takes streams at whatever its host listens at. */
export const OWN = 'libp2p:'

// Peer ids as base58 writes them: of Ed25519 and of secp256k1 keys, and hashes of RSA keys.
const PEER_ID = /^(?:12D3Koo|16Uiu2|Qm)[1-9A-HJ-NP-Za-km-z]{30,}$/
// Behind libp2p: in any base, which multiaddr() does not look at.
const ANY_ID = /^[0-9A-Za-z]{40,}$/

/**
 * Reads a multiaddr, a peer id, either of them behind `libp2p:`, and `libp2p:` alone.
 *
 * @throws {TypeError} If it begins like a multiaddr, and is none.
 */
export function parseLibp2pAddress(endpoint: Exclude<Endpoint, URL>): Address | undefined {
  const text: unknown = typeof endpoint === 'string' ? endpoint : endpoint.url
  if (typeof text !== 'string') return undefined
  const inner = text.replace(/^libp2p:/i, '')
  const isOurs = inner !== text || inner.startsWith('/') || PEER_ID.test(inner)
  if (!isOurs) return undefined
  if (inner === '') return { url: OWN }
  try {
    if (inner.startsWith('/')) return addressOf(multiaddr(inner))
    if (ANY_ID.test(inner)) return addressOf(multiaddr(`/p2p/${inner}`))
  } catch (cause) {
    throw notOne(text, cause)
  }
  throw notOne(text)
}

/** The address of a multiaddr, with the host and port of the remote end where it leads there without a relay. */
export function addressOf(at: Multiaddr): Address {
  const parts = at.getComponents()
  const url = at.toString()
  if (parts.some(({ name }) => name === 'p2p-circuit')) return { url }
  const host = parts.find(({ name }) => /^(?:ip[46]|dns[46]?)$/.test(name))?.value
  const port = parts.find(({ name }) => name === 'tcp' || name === 'udp')?.value
  return { ...(host !== undefined && { host }), ...(port !== undefined && { port: Number(port) }), url }
}

function notOne(text: string, cause?: unknown): TypeError {
  return new TypeError(`Cannot use endpoint ${nameOf(text)}: expected ${FORM}`, { cause })
}
