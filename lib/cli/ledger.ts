import { type Peer, PeerError } from '../index.js'

/** What a peer that has left was given, and what of that it was not sent. */
export interface Loss {
  /** Messages that it was given. */
  readonly given: number
  /** Those of them that are known to be lost. */
  readonly lost: number
  /** Whether others may be lost too: the connection broke. */
  readonly isLeast: boolean
}

/** Keeps count of the messages that each peer of a session is given, until it leaves. */
export class Ledger {
  readonly #given = new Map<Peer, number>()

  /** Counts a message that a peer has taken. */
  give(peer: Peer): void {
    this.#given.set(peer, (this.#given.get(peer) ?? 0) + 1)
  }

  /** Strikes out a peer that has left, and answers what it cost; `undefined` if it was given nothing. */
  settle(peer: Peer, reason: Error | undefined): Loss | undefined {
    const given = this.#given.get(peer)
    if (given === undefined) return undefined
    this.#given.delete(peer)
    const { unsent } = peer.stats
    // Where the node says that bytes were left, they were a part of a message at least.
    const lost = reason instanceof PeerError ? Math.max(unsent, 1) : unsent
    return { given, lost, isLeast: reason !== undefined && lost < given }
  }
}
