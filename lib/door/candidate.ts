import type { X509Certificate } from 'node:crypto'
import type { Direction } from '../peer/peer.js'
import type { Address } from '../transports/endpoint.js'
import type { Connection } from '../transports/transport.js'

/** A connection that wants to become a peer. */
export interface PeerCandidate {
  /** Where the remote end is. */
  readonly address: Address
  readonly direction: Exclude<Direction, 'attached'>
  /**
   * What the transport has proven of the remote end, equal for all its connections: over TLS, the SHA-256 fingerprint of its
   * certificate, as `X509Certificate.fingerprint256` has it. `undefined` where nothing is proven.
   */
  readonly identity: string | undefined
  /** TLS: the certificate of the remote end, of which it has shown that it has the key. */
  readonly certificate: X509Certificate | undefined
  /** TLS: whether the certificate is of an authority that is trusted here, and of the host that was dialled. */
  readonly authorized: boolean
}

/** A connection on its way in. */
export interface Applicant {
  readonly connection: Connection
  readonly direction: PeerCandidate['direction']
  /** Its address in words. */
  readonly name: string
  /** The address that was dialled, if it was. */
  readonly endpoint: Address | undefined
}

/** Decides about candidates. Only `true` is a yes; what it throws is a no. */
export type GoodPeer = (candidate: PeerCandidate) => boolean | Promise<boolean>
