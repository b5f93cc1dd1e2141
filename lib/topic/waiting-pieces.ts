import { copyOf } from '../frame/memory.js'

/** Which pieces are lost where too much waits to be read: those that have waited longest, or those that come. */
export type TopicOverflow = 'drop-oldest' | 'drop-newest'

/** All policies, the default first. */
export const TOPIC_OVERFLOWS: readonly TopicOverflow[] = ['drop-oldest', 'drop-newest']

/** A piece that waits to be read. */
export interface WaitingPiece {
  frames: Uint8Array
  readonly from: string
  /** Says that its reader is done with it, or never will be. */
  readonly settle: (isDone: boolean) => void
}

/** How much may wait. */
export interface WaitingSettings {
  readonly limit: number
  readonly overflow: TopicOverflow
}

// What a piece costs beside its bytes.
const PIECE_COST = 128
// From here on, a cursor that has passed half of the entries is worth moving the others.
const MANY = 1024

/** The pieces that wait to be read, in the order in which they came, and at most so many bytes of them. */
export class WaitingPieces {
  readonly #settings: WaitingSettings
  readonly #onDropped: (piece: WaitingPiece) => void
  #pieces: (WaitingPiece | undefined)[] = []
  #first = 0
  #cost = 0

  /** @param onDropped Gets each piece that is dropped for another, or is dropped itself. */
  constructor(settings: WaitingSettings, onDropped: (piece: WaitingPiece) => void) {
    this.#settings = settings
    this.#onDropped = onDropped
  }

  /** What waits costs so much memory, in bytes. */
  get cost(): number {
    return this.#cost
  }

  add(piece: WaitingPiece): void {
    const { limit, overflow } = this.#settings
    const isTooMuch = (): boolean => this.#cost + costOf(piece) > limit && this.#cost > 0
    if (overflow === 'drop-newest' && isTooMuch()) {
      this.#drop(piece)
      return
    }
    while (isTooMuch()) this.#drop(this.take()!)
    this.#cost += costOf(piece)
    this.#pieces.push(piece)
  }

  /** Says that what came last will wait: a view into a large chunk would keep all of that, which the limit does not count. */
  keep(): void {
    const piece = this.#pieces.at(-1)
    if (piece !== undefined && piece.frames.buffer.byteLength > 2 * piece.frames.length)
      piece.frames = copyOf(piece.frames)
  }

  /** The piece that has waited longest. */
  take(): WaitingPiece | undefined {
    const piece = this.#pieces[this.#first]
    if (piece === undefined) return undefined
    this.#pieces[this.#first++] = undefined
    this.#cost -= costOf(piece)
    if (this.#first === this.#pieces.length || (this.#first > MANY && this.#first * 2 > this.#pieces.length)) {
      this.#pieces = this.#pieces.slice(this.#first)
      this.#first = 0
    }
    return piece
  }

  #drop(piece: WaitingPiece): void {
    piece.settle(true)
    this.#onDropped(piece)
  }
}

function costOf({ frames }: WaitingPiece): number {
  return frames.length + PIECE_COST
}
