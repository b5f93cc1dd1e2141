import { formatAddress, type Address } from '../transports/endpoint.js'

/** What a person wants to know of a node. */
interface Describable {
  readonly addresses: readonly Address[]
  readonly peers: { readonly size: number }
  readonly isClosing: boolean
  readonly isClosed: boolean
}

/** A node in one line: `PeerNode (listening at 127.0.0.1:9000, 3 peers)`. */
export function describeNode(node: Describable): string {
  const { addresses, peers, isClosing, isClosed } = node
  const places = addresses.length === 0 ? 'not listening' : `listening at ${addresses.map(formatAddress).join(', ')}`
  const count = peers.size === 1 ? '1 peer' : `${peers.size} peers`
  const parts = isClosed ? ['closed'] : [...(isClosing ? ['closing'] : []), places, count]
  return `${node.constructor.name} (${parts.join(', ')})`
}
