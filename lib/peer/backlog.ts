import type { Unit } from './unit.js'

/** What waits in a {@link Backlog}: frames, or a message whose pieces have yet to be asked for. */
type Entry<Long> = Unit | Long

/** Bytes for a duplex, and how many frames end with them. */
export interface Slice {
  readonly bytes: Uint8Array
  readonly frames: number
}

/**
 * What waits to be handed to a duplex, in order: frames that were packed, and long messages, whose bytes are nowhere yet.
 *
 * Frames are handed over in slices; those of which a slice is gone are not dropped any more.
 */
export class Backlog<Long extends object> {
  #entries: (Entry<Long> | undefined)[] = []
  #first = 0
  // What of the first entry is gone: whole pieces, and bytes of the next one.
  #piece = 0
  #offset = 0
  #length = 0

  /** Bytes that wait. */
  get length(): number {
    return this.#length
  }

  get isEmpty(): boolean {
    return this.#first === this.#entries.length
  }

  /** Frames that wait, wholly or in part. */
  get frames(): number {
    let frames = 0
    for (const entry of this.#entries) if (entry !== undefined && isUnit(entry)) frames += entry.frames
    return frames
  }

  push(entry: Entry<Long>): void {
    this.#entries.push(entry)
    if (isUnit(entry)) this.#length += entry.length
  }

  /** The long message whose turn it is, and which is then no longer here; `undefined` if it is the turn of frames. */
  takeLong(): Long | undefined {
    const first = this.#entries[this.#first]
    if (first === undefined || isUnit(first)) return undefined
    this.#shift()
    return first
  }

  /** The next slice of the frames whose turn it is, at most `most` bytes. */
  takeSlice(most: number): Slice | undefined {
    const first = this.#entries[this.#first]
    if (first === undefined || !isUnit(first)) return undefined
    const piece = first.pieces[this.#piece]!
    const start = this.#offset
    const end = Math.min(start + most, piece.length)
    this.#length -= end - start
    this.#offset = end
    const bytes = end - start === piece.length ? piece : piece.subarray(start, end)
    if (end < piece.length) return { bytes, frames: 0 }
    this.#piece++
    this.#offset = 0
    if (this.#piece < first.pieces.length) return { bytes, frames: 0 }
    this.#shift()
    return { bytes, frames: first.frames }
  }

  /** Drops the oldest frames of which nothing is gone. Returns how many; fewer bytes wait then, unless none can be dropped. */
  dropOldest(): number {
    const isBegun = this.#piece > 0 || this.#offset > 0
    const entries = this.#entries
    let i = this.#first + Number(isBegun)
    while (i < entries.length && !isUnit(entries[i]!)) i++
    const unit = entries[i]
    if (unit === undefined || !isUnit(unit)) return 0
    // What stands before it moves up: the frames that are begun, and long messages.
    entries.copyWithin(this.#first + 1, this.#first, i)
    entries[this.#first++] = undefined
    this.#length -= unit.length
    return unit.frames
  }

  /** Everything that waits is forgotten. Returns the long messages. */
  clear(): Long[] {
    const long = this.#entries.filter((entry): entry is Long => entry !== undefined && !isUnit(entry))
    this.#entries = []
    this.#first = this.#piece = this.#offset = this.#length = 0
    return long
  }

  #shift(): void {
    // A cursor, since Array.shift moves every remaining element of a long array.
    this.#entries[this.#first++] = undefined
    this.#piece = this.#offset = 0
    if (this.#first < this.#entries.length) return
    this.#entries = []
    this.#first = 0
  }
}

function isUnit<Long extends object>(entry: Entry<Long>): entry is Unit {
  return 'pieces' in entry
}
