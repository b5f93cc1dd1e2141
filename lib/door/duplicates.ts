import type { Peer } from '../peer/peer.js'
import type { SecuredConnection } from '../transports/transport.js'
import { refusal } from './refusal.js'

/** What happens when a remote that is a peer already connects again. */
export type DuplicatePolicy = 'keep' | 'refuse' | 'replace'

export const DUPLICATE_POLICIES: readonly DuplicatePolicy[] = ['keep', 'refuse', 'replace']

/** A connection that is about to become a peer. */
export interface Newcomer extends Pick<SecuredConnection, 'identity' | 'ownIdentity'>, Pick<Peer, 'direction'> {
  /** Its address in words. */
  readonly name: string
}

/**
 * Remotes with an identity that connect more than once.
 *
 * | the two connections                        | refuse            | replace                                |
 * | of one direction, or one is not young      | the older stays   | the newer stays, if its acceptor says so |
 * | each dialled by another side, both young   | the one that the smaller identity dialled stays          |
 *
 * In the last case both sides have the same two connections, perhaps in another order, and must not close one each. So the
 * side with the smaller identity keeps its own, whichever came first. The other side closes its own only when it accepts the
 * smaller one's behind it: should their clocks not agree on what is young, one connection stays all the same.
 */
export class Duplicates {
  readonly #policy: DuplicatePolicy
  // A peer is young for so many milliseconds.
  readonly #youthMs: number
  // When each peer joined, by the identity of its remote.
  readonly #byIdentity = new Map<string, Map<Peer, number>>()

  constructor(policy: DuplicatePolicy, youthMs: number) {
    this.#policy = policy
    this.#youthMs = youthMs
  }

  /**
   * What a newcomer means for the peers of its remote.
   *
   * @returns The peers that it takes the place of.
   * @throws {PeerError} `ERR_PEER_REFUSED`, if it is one too many.
   */
  judge(newcomer: Newcomer): readonly Peer[] {
    const others = this.#othersOf(newcomer.identity)
    const wins = others.map(([other, joinedMs]) => this.#wins(newcomer, other, performance.now() - joinedMs))
    if (wins.includes(false)) throw refusal(newcomer.name, 'duplicate', `${newcomer.identity} is connected already`)
    return others.flatMap(([other], i) => (wins[i] === true ? [other] : []))
  }

  /** Another peer of the same remote, if there may be only one. */
  otherThan(peer: Peer): Peer | undefined {
    return this.#othersOf(peer.identity).find(([other]) => other !== peer)?.[0]
  }

  joined(peer: Peer): void {
    const { identity } = peer
    if (identity === undefined || this.#policy === 'keep') return
    const peers = this.#byIdentity.get(identity) ?? new Map<Peer, number>()
    this.#byIdentity.set(identity, peers.set(peer, performance.now()))
  }

  left(peer: Peer): void {
    const { identity } = peer
    const peers = identity === undefined ? undefined : this.#byIdentity.get(identity)
    if (peers?.delete(peer) === true && peers.size === 0) this.#byIdentity.delete(identity!)
  }

  #othersOf(identity: string | undefined): (readonly [Peer, number])[] {
    const peers = identity === undefined ? undefined : this.#byIdentity.get(identity)
    return peers === undefined ? [] : [...peers].filter(([{ isOpen }]) => isOpen)
  }

  // Whether the newcomer stays and the other does not; `undefined` if both do.
  #wins({ identity = '', ownIdentity, direction }: Newcomer, other: Peer, ageMs: number): boolean | undefined {
    const isOurs = direction === 'outbound'
    const isAtOnce = other.direction !== direction && ageMs < this.#youthMs
    if (isAtOnce && ownIdentity !== undefined && ownIdentity !== identity) {
      const isOfSmaller = isOurs === ownIdentity < identity
      if (isOfSmaller) return true
      if (!isOurs) return false
    }
    if (this.#policy === 'refuse') return false
    // The remote has accepted it, and decides.
    return isOurs ? undefined : true
  }
}
