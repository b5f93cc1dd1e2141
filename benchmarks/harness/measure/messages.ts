import { createCipheriv } from 'node:crypto'

/** How many different messages there are of a size. */
export const RING_LENGTH = 16

const ZEROS = Buffer.alloc(16)

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
  // A cipher makes noise faster than a loop does.
  const noise = createCipheriv('aes-128-ctr', ZEROS, ZEROS)
  return Array.from({ length: RING_LENGTH }, (_, index) => {
    const message = noise.update(Buffer.alloc(size))
    message[0] = message[size - 1] = index
    return message
  })
}
