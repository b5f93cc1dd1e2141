import { type Duplex, PassThrough } from 'node:stream'
import { Admission } from '../../lib/door/admission.js'
import type { Applicant, GoodPeer } from '../../lib/door/candidate.js'
import { type Address, type Connection, formatAddress, type Peer, type PeerNodeOptions } from '../../lib/index.js'
import { OBSERVES_NOTHING } from '../../lib/peer/observer.js'
import { resolveDoorOptions } from '../../lib/node/door-settings.js'

/** Options of a node that concern who gets in. */
type Options = Parameters<typeof resolveDoorOptions>[0] & Pick<PeerNodeOptions, 'handshakeTimeoutMs'>

/** Admission alone, whose peers are what it was told of them. */
export class Entrance {
  readonly admission: Admission
  readonly peers: Set<Peer> = new Set<Peer>()
  /** Peers that were ended, and why. */
  readonly failed: { readonly peer: Peer; readonly reason: Error }[] = []
  readonly duplexes: Duplex[] = []
  readonly closing: AbortController = new AbortController()
  asked = 0

  constructor({ handshakeTimeoutMs = 10_000, ...options }: Options = {}, goodPeer: GoodPeer = () => true) {
    const host = {
      observer: OBSERVES_NOTHING,
      goodPeer: (candidate: Parameters<GoodPeer>[0]) => {
        this.asked++
        return goodPeer(candidate)
      },
      join: ({ identity }: Connection, { connection: { address }, direction, name }: Applicant) => {
        // All that admission looks at.
        const peer = { id: name, identity, address, direction, isOpen: true } as unknown as Peer
        this.peers.add(peer)
        return peer
      },
      fail: (peer: Peer, reason: Error) => {
        this.failed.push({ peer, reason })
        this.leave(peer)
      },
    }
    const settings = { ...resolveDoorOptions(options), handshakeTimeoutMs }
    this.admission = new Admission(settings, host, this.closing.signal)
  }

  /** A connection comes from a host, or anywhere else. Resolves with the peer, or rejects. */
  knock(
    from: string | Address,
    more: Partial<Connection> = {},
    direction: Applicant['direction'] = 'inbound',
  ): Promise<Peer> {
    const address = typeof from === 'string' ? { host: from, port: this.duplexes.length } : from
    const duplex = new PassThrough()
    this.duplexes.push(duplex)
    return this.admission.admit({
      connection: { duplex, address, ...more },
      name: formatAddress(address),
      direction,
      endpoint: direction === 'outbound' ? address : undefined,
    })
  }

  leave(peer: Peer): void {
    if (this.peers.delete(peer)) this.admission.left(peer)
  }
}
