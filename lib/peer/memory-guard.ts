/** A peer, and what of a node's memory it holds. */
export interface Holder {
  /** Bytes of messages that wait to be read or sent, and of the frame that is arriving. */
  readonly held: number
  /** Bytes of the frame that is arriving. */
  readonly unfinished: number
  /** Reads no more from it. */
  hold(): void
  /** Reads on. */
  release(): void
  /** Closes it, since there is no memory for its frame. */
  refuseFrame(limit: number): void
}

// It is looked again when so much of the limit has arrived.
const LOOKS = 64
// Looking again while peers are held, in milliseconds.
const HELD_MS = 50
// Those that are not held may have so much of the limit, and those that are go on when so much of it is free.
const SHARE = 1 / 8
const FREE = 3 / 8
// So much of the limit is left to what the system has read already, and to what is dropped and not collected yet.
const MARGIN = 1 / 4
// What a peer that goes on is given of what is free: it reads so much before anything looks again.
const PART = 1_048_576

/**
 * Keeps what the peers of a node hold in memory below a limit. Near it nothing more is read from those that hold most; when
 * the frames that are arriving are too much by themselves at the next look, the largest are refused, until the rest fits.
 */
export class MemoryGuard {
  readonly #limit: number
  readonly #holders: () => Iterable<Holder>
  readonly #held = new Set<Holder>()
  #timer: NodeJS.Timeout | undefined
  // Bytes that have come since it was looked last.
  #grown = 0

  /** @param limit Bytes. */
  constructor(limit: number, holders: () => Iterable<Holder>) {
    this.#limit = limit
    this.#holders = holders
  }

  /** So many bytes more wait somewhere. */
  grew(bytes: number): void {
    this.#grown += bytes
    if (this.#grown >= this.#limit / LOOKS) this.#look()
  }

  /** A peer is gone. */
  forget(holder: Holder): void {
    this.#held.delete(holder)
  }

  #look(): void {
    this.#grown = 0
    clearTimeout(this.#timer)
    const holders = Array.from(this.#holders())
    const total = sumOf(holders, ({ held }) => held)
    const mayStay = this.#limit * (1 - FREE)
    // What waits will be read or sent, and what is held grows no more. Frames that are arriving stay as they are: when they
    // alone are too much, none that is held would go on.
    if (this.#held.size > 0) this.#refuse(holders, sumOf(holders, ({ unfinished }) => unfinished) - mayStay)
    if (total > this.#limit * (1 - MARGIN)) this.#hold(holders)
    else if (total <= mayStay) this.#release(this.#limit - total)
    if (this.#held.size > 0) this.#timer = setTimeout(() => this.#look(), HELD_MS).unref()
  }

  // Those that hold more than an equal part of what may stay: the others together hold no more than that.
  #hold(holders: readonly Holder[]): void {
    const part = (this.#limit * SHARE) / holders.length
    for (const holder of holders) {
      if (holder.held <= part) continue
      this.#held.add(holder)
      holder.hold()
    }
  }

  // Refuses the largest frames, until so many bytes are free.
  #refuse(holders: Holder[], bytes: number): void {
    // As at nearly every look, of which there are many in a flood.
    if (bytes <= 0) return
    let left = bytes
    for (const holder of holders.sort((one, other) => other.unfinished - one.unfinished)) {
      if (left <= 0 || holder.unfinished === 0) break
      left -= holder.unfinished
      holder.refuseFrame(this.#limit)
    }
  }

  // Those that hold least, and only as many as there is room for: all of them would read at once.
  #release(free: number): void {
    const held = Array.from(this.#held).sort((one, other) => one.held - other.held)
    for (const holder of held.slice(0, Math.max(Math.floor(free / PART), 1))) {
      this.#held.delete(holder)
      holder.release()
    }
  }
}

function sumOf(holders: readonly Holder[], measure: (holder: Holder) => number): number {
  return holders.reduce((sum, holder) => sum + measure(holder), 0)
}
