import { expect } from 'chai'
import fc from 'fast-check'
import { ChunkQueue } from '../../lib/frame/chunk-queue.js'
import { concat, pattern } from '../support/bytes.js'
import { check } from '../support/property.js'

describe('ChunkQueue', () => {
  it('gives back the bytes that were pushed, in order, whatever their sizes', async () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(2047, 2048, 5000)), {
      maxLength: 80,
    })
    await check(fc.tuple(sizes, fc.array(fc.boolean(), { maxLength: 80 })), async ([lengths, shifts]) => {
      const queue = new ChunkQueue()
      const given = lengths.map((length, i) => pattern(length + i).subarray(i))
      const taken: Uint8Array[] = []
      for (const [i, chunk] of given.entries()) {
        queue.push(chunk)
        const head = shifts[i] === true ? queue.shift() : undefined
        if (head !== undefined) taken.push(head)
      }
      for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) taken.push(chunk)
      expect(Buffer.compare(concat(taken), concat(given))).to.equal(0)
      expect(queue.length).to.equal(0)
    })
  })

  it('peeks without taking', () => {
    const queue = new ChunkQueue()
    for (const length of [3, 5000, 2, 1]) queue.push(pattern(length))
    const target = new Uint8Array(5004)
    queue.peekInto(target, 1)
    expect(Buffer.compare(target.subarray(1), concat([pattern(3), pattern(5000)]))).to.equal(0)
    expect(queue.length).to.equal(5006)
  })

  it('law 7: folds small chunks, so that few objects and little memory hold many', () => {
    const queue = new ChunkQueue()
    for (let i = 0; i < 262_144; i++) queue.push(Uint8Array.of(i))
    const memory = new Set<ArrayBufferLike>()
    for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) memory.add(chunk.buffer)
    const held = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0)
    expect(memory.size).to.be.below(100)
    expect(held).to.be.at.most(2 * 262_144 + 65_536)
  })
})
