/** How many different messages there are of a size. */
export const RING_LENGTH = 16

const rings = new Map<number, readonly Buffer[]>()

/**
 * The messages of a size, to be sent in turn. Each carries its index in its first and its last byte; what lies between
 * looks like noise, and is the same in every process.
 */
export function ringOf(size: number): readonly Buffer[] {
  const ring = rings.get(size) ?? makeRing(size)
  rings.set(size, ring)
  return ring
}

function makeRing(size: number): Buffer[] {
  let state = size
  return Array.from({ length: RING_LENGTH }, (_, index) => {
    const message = Buffer.alloc(size)
    for (let i = 0; i < size; i++) {
      // The generator of Numerical Recipes: its upper bits are random enough to tell messages apart.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      message[i] = state >>> 24
    }
    message[0] = message[size - 1] = index
    return message
  })
}
