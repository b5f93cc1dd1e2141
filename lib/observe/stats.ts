import type { RefusalReason } from '../errors.js'
import type { Observer } from '../peer/observer.js'
import type { Peer, PeerStats } from '../peer/peer.js'

/** What a node has done so far, of all its peers: what has gone through those that have left is in it. */
export interface NodeStats extends PeerStats {
  /** Peers that are here. */
  readonly peers: number
  /** Connections and duplexes that have become peers. */
  readonly joined: number
  /** How often a lost connection was to be dialled again. */
  readonly reconnects: number
  /** Connections from outside that were turned away, by reason; those reasons only that there were. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>
}

type Sums = { -readonly [Name in keyof PeerStats]: PeerStats[Name] }

/** Counts what happens on a node, and adds up what has gone through its peers. */
export class Stats {
  readonly observer: Partial<Observer>
  readonly #left: Sums = sumOf([])
  readonly #refused = new Map<RefusalReason, number>()
  #joined = 0
  #reconnects = 0
  #dropped = 0
  #unsent = 0

  constructor() {
    this.observer = {
      joined: () => this.#joined++,
      left: (peer) => add(this.#left, peer.stats),
      refused: (_name, _error, reason) => this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1),
      reconnecting: () => this.#reconnects++,
      dropped: (_peer, count, isUnsent) => this.#drop(count, isUnsent),
    }
  }

  /** @param peers Those that are here. */
  read(peers: ReadonlyMap<string, Peer>): NodeStats {
    const sums = sumOf(peers.values())
    const { waiting, waitingIn } = sums
    add(sums, this.#left)
    return {
      ...sums,
      // Of those that are here.
      waiting,
      waitingIn,
      // A peer that has left may be sent to, and loses that.
      dropped: this.#dropped,
      unsent: this.#unsent,
      peers: peers.size,
      joined: this.#joined,
      reconnects: this.#reconnects,
      refused: Object.fromEntries(this.#refused),
    }
  }

  #drop(count: number, isUnsent: boolean): void {
    this.#dropped += count
    if (isUnsent) this.#unsent += count
  }
}

function sumOf(peers: Iterable<Peer>): Sums {
  const sums: Sums = {
    bytesIn: 0,
    bytesOut: 0,
    messagesIn: 0,
    messagesOut: 0,
    waiting: 0,
    waitingIn: 0,
    dropped: 0,
    unsent: 0,
    paused: 0,
  }
  for (const { stats } of peers) add(sums, stats)
  return sums
}

function add(sums: Sums, stats: PeerStats): void {
  for (const name of Object.keys(sums) as (keyof PeerStats)[]) sums[name] += stats[name]
}
