import type { RefusalReason } from '../errors.js'

type TurnAway = (reason: RefusalReason) => void

/** The candidates of a host; for one without a host, itself. */
interface Group {
  readonly host: string | undefined
  // In the order in which they came.
  readonly candidates: Set<TurnAway>
}

/**
 * Candidates about whom is not decided yet. Past the limit the oldest one of the host that has most goes, so that those who
 * keep a node waiting get in each other's way, and not in that of a newcomer.
 */
export class WaitingRoom {
  readonly #most: number
  #size = 0
  readonly #groups = new Map<string, Group>()
  // At n: the groups of n candidates, in the order in which they came to have so many. A flood must not make it search.
  readonly #bySize: Set<Group>[] = []

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#size
  }

  /**
   * Adds a candidate.
   *
   * @param turnAway Called if it has to go.
   * @returns A function that takes it out.
   */
  enter(host: string | undefined, turnAway: TurnAway): () => void {
    const group = this.#groupOf(host)
    this.#resize(group, () => group.candidates.add(turnAway))
    this.#size++
    if (this.#size > this.#most) this.turnAwayOne('max-pending')
    return () => this.#leave(group, turnAway)
  }

  /** Turns away the oldest candidate of the host that has most. @returns Whether there was one. */
  turnAwayOne(reason: RefusalReason): boolean {
    const [group] = this.#bySize.at(-1) ?? []
    const [oldest] = group?.candidates ?? []
    if (group === undefined || oldest === undefined) return false
    this.#leave(group, oldest)
    oldest(reason)
    return true
  }

  #groupOf(host: string | undefined): Group {
    const known = host === undefined ? undefined : this.#groups.get(host)
    if (known !== undefined) return known
    const group = { host, candidates: new Set<TurnAway>() }
    if (host !== undefined) this.#groups.set(host, group)
    return group
  }

  #leave(group: Group, turnAway: TurnAway): void {
    if (!group.candidates.has(turnAway)) return
    this.#size--
    this.#resize(group, () => group.candidates.delete(turnAway))
    if (group.candidates.size === 0 && group.host !== undefined) this.#groups.delete(group.host)
  }

  #resize(group: Group, change: () => void): void {
    this.#bySize[group.candidates.size]?.delete(group)
    change()
    const { size } = group.candidates
    if (size > 0) (this.#bySize[size] ??= new Set()).add(group)
    while (this.#bySize.at(-1)?.size === 0) this.#bySize.pop()
  }
}
