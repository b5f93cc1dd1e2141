import { allocate, allocateShared, ByteView, copyInto } from '../frame/memory.js'

/** What a landing asks of the decoder that gets its bytes. */
interface Reader {
  /** Bytes that arrived and are not part of a message yet. */
  readonly unreadLength: number
  /** Bytes that the frame being read still lacks, as far as it tells. */
  readonly missingLength: number
  /** Copies what is unread to the front of `place`, and reads on there. */
  moveTo(place: Uint8Array): void
}

// As much as a socket reads at a time elsewhere: a small message that is kept keeps no more alive.
const FIELD_LENGTH = 65_536

const SMALLEST_SLAB = 65_536
const LARGEST_SLAB = 1_048_576
// So many share the cost of a slab, and keep one another alive.
const FRAMES_IN_SLAB = 8
// A frame below this is joined for less than a slab costs.
const SMALLEST_FRAME = 4096
// Less than this of a frame is not worth a slab, unless more is about to come: a remote that sends a little would hold it.
const SMALLEST_PART = 16_384
// Reads into less room than this take longer than moving on to another slab.
const LEAST_ROOM = 8192

// Where all sockets read that are not inside a long message: it stays in the processor's cache, and a silent socket holds
// none of it. What lands here is copied out before anything else can land.
const field: Uint8Array = allocate(FIELD_LENGTH)

/**
 * Where the bytes of one socket land: in the field that all share, or behind one another in a slab, where messages stay.
 *
 * | lands in | what is read  | left when                                                                              |
 * | field    | is copied out | a frame lacks more, and much of it is here or more is about to come: for a slab        |
 * | slab     | stays         | nothing is missing, or little of a frame is here: for the field; full: for another one |
 *
 * A slab has room for several frames like the longest that has arrived whole lately. Of a longer one it takes the double of
 * what is here: nothing is allocated for what a header claims.
 */
export class Landing {
  /** What all sockets share that are not inside a long message. */
  static readonly field: Uint8Array = field

  readonly #framesInSlab: number
  #slab: Uint8Array | undefined
  // What of the slab is used.
  #end = 0
  // Whether the last read has filled its room: the system has more.
  #isPressed = false
  // Bytes that have landed in all, before how many of them the unfinished frame begins, and how long it says it is.
  #landed = 0
  #frameStart = 0
  #frameLength = 0
  // The longest frame that has arrived whole since the slab was taken.
  #longest = 0

  /** @param isFrugal Whether a slab has room for one frame only, so that a message that waits keeps no others alive. */
  constructor(isFrugal = false) {
    this.#framesInSlab = isFrugal ? 1 : FRAMES_IN_SLAB
  }

  /** Bytes of the slab; 0 while there is none. */
  get length(): number {
    return this.#slab?.length ?? 0
  }

  /** Where the next bytes are to be read to. Never empty: read into no room at all, a socket breaks. */
  get room(): Uint8Array {
    return this.#slabWithRoom?.subarray(this.#end) ?? field
  }

  /** The bytes that were read into {@link room}, where they stay. */
  take(length: number): Uint8Array {
    this.#landed += length
    const slab = this.#slabWithRoom
    if (slab === undefined) {
      this.#isPressed = length === field.length
      const chunk = allocateShared(length)
      copyInto(chunk, 0, field, 0, length)
      return chunk
    }
    const start = this.#end
    this.#end = start + length
    this.#isPressed = this.#end === slab.length
    return new ByteView(slab.buffer, slab.byteOffset + start, length)
  }

  /** Chooses where the next bytes land. `reader` has got all before, and read what it wanted. */
  choose(reader: Reader): void {
    const missing = reader.missingLength
    const part = missing === 0 ? 0 : reader.unreadLength
    this.#follow(part, part + missing)
    const isWorthIt = missing > 0 && (this.#isPressed || part >= SMALLEST_PART)
    if (this.#slab === undefined) {
      if (isWorthIt && part + missing >= SMALLEST_FRAME) this.#takeSlab(reader, part)
    } else if (!isWorthIt) {
      this.#leaveSlab(reader, part)
    } else {
      const room = this.#slab.length - this.#end
      const isKnown = part + missing <= this.#longest
      if (missing > room && (isKnown || room < LEAST_ROOM)) this.#takeSlab(reader, part)
    }
  }

  get #slabWithRoom(): Uint8Array | undefined {
    return this.#slab !== undefined && this.#end < this.#slab.length ? this.#slab : undefined
  }

  #follow(part: number, frameLength: number): void {
    const frameStart = this.#landed - part
    // The one before is whole.
    if (frameStart !== this.#frameStart) this.#longest = Math.max(this.#longest, this.#frameLength)
    this.#frameStart = frameStart
    this.#frameLength = frameLength
  }

  #takeSlab(reader: Reader, part: number): void {
    const several = Math.min(Math.max(this.#framesInSlab * this.#longest, SMALLEST_SLAB), LARGEST_SLAB)
    const known = Math.max(this.#longest, 2 * part)
    this.#slab = allocate(Math.max(several, Math.min(this.#frameLength, known)))
    this.#end = part
    this.#longest = 0
    if (part > 0) reader.moveTo(this.#slab)
  }

  #leaveSlab(reader: Reader, part: number): void {
    // Otherwise a part of a frame would keep all of it.
    if (part > 0) reader.moveTo(allocateShared(part))
    this.#slab = undefined
    this.#end = 0
  }
}
