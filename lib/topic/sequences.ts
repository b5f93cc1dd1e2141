import type { PieceHead } from './piece.js'

// Publishers come and go, and what names them is not to be trusted.
const MOST_REMEMBERED = 4096
// Pieces of one publisher that a member of a group remembers.
const MOST_IN_GROUP = 128

/** What has come of each publisher. Of the 4,096 that were heard last; one that is forgotten begins anew. */
export interface Sequences {
  /** How many pieces are missing in front of this one, or `undefined` if this one has come before, or is overtaken. */
  arrive(from: string, head: PieceHead): number | undefined
}

/** For a reader that gets every piece: what is not the next one was lost before it, or came before. */
export class EveryPiece implements Sequences {
  readonly #next = new Remembered<number>()

  arrive(from: string, { epoch, sequence }: PieceHead): number | undefined {
    const key = `${epoch} ${from}`
    const next = this.#next.take(key) ?? sequence
    this.#next.put(key, Math.max(next, sequence + 1))
    return sequence < next ? undefined : sequence - next
  }
}

/** For a member of a group, to which most pieces do not go: nothing is missing, and what comes late is as good. */
export class SomePieces implements Sequences {
  readonly #seen = new Remembered<Set<number>>()

  arrive(from: string, { epoch, sequence }: PieceHead): number | undefined {
    const key = `${epoch} ${from}`
    const seen = this.#seen.take(key) ?? new Set()
    this.#seen.put(key, seen)
    if (seen.has(sequence)) return undefined
    seen.add(sequence)
    if (seen.size > MOST_IN_GROUP) seen.delete(seen.values().next().value!)
    return 0
  }
}

/** A map that forgets what was not asked for longest. */
class Remembered<T> {
  readonly #values = new Map<string, T>()

  take(key: string): T | undefined {
    const value = this.#values.get(key)
    this.#values.delete(key)
    return value
  }

  put(key: string, value: T): void {
    this.#values.set(key, value)
    if (this.#values.size > MOST_REMEMBERED) this.#values.delete(this.#values.keys().next().value!)
  }
}
