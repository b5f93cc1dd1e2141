import type { Random } from './random.js'

/** Offsets at which bytes are cut, in order. One that is repeated makes an empty chunk; none leaves the bytes whole. */
export type Cuts = readonly number[]

/** Whole, once at every offset, byte by byte, with an empty chunk at each side, and `runs` times at random. */
export function* allCuts(length: number, random: Random, runs: number): Generator<Cuts> {
  yield []
  for (let at = 1; at < length; at++) yield [at]
  yield atEveryByte(length)
  yield [0]
  yield [length]
  for (let run = 0; run < runs; run++) yield randomCuts(length, random)
}

/** Cuts that leave one byte in each chunk. */
export function atEveryByte(length: number): Cuts {
  return Array.from({ length: Math.max(length - 1, 0) }, (_, i) => i + 1)
}

const FEW_CUTS = 6
const MANY_CUTS = 60

/** Few cuts or many. Some make empty chunks. */
export function randomCuts(length: number, random: Random): Cuts {
  if (length === 0) return []
  const count = 1 + random.below(Math.min(random.pick([FEW_CUTS, MANY_CUTS]), length + 1))
  return Array.from({ length: count }, () => random.below(length + 1)).sort((a, b) => a - b)
}

// Bytes around a chunk, which are not part of it.
const MARGIN = 8

/**
 * The chunks that cuts make of bytes. Each lies inside larger memory, as those of sockets do, so that a decoder that
 * forgets `byteOffset` is found out; bytes that are left whole have memory of their own. No bytes make no chunk.
 */
export function chunksOf(bytes: Uint8Array, cuts: Cuts): Buffer[] {
  if (cuts.length === 0) return bytes.length === 0 ? [] : [Buffer.from(Uint8Array.from(bytes).buffer)]
  return [0, ...cuts].map((start, i) => {
    const part = bytes.subarray(start, cuts[i])
    const memory = Buffer.alloc(part.length + 2 * MARGIN, 0xee)
    memory.set(part, MARGIN)
    return memory.subarray(MARGIN, MARGIN + part.length)
  })
}
