import { expect } from 'chai'
import fc from 'fast-check'
import { ChunkReader } from '../../lib/frame/chunk-reader.js'
import { concat, isSame, pattern, toHex } from '../support/bytes.js'
import { check } from '../support/property.js'

type Step = readonly [
  verb: 'append' | 'appendBehind' | 'skip' | 'takeInto' | 'takePiece' | 'peek' | 'move',
  length: number,
]

describe('ChunkReader', () => {
  it('reads chunks that lie behind one another as one, without copying', () => {
    const reader = new ChunkReader()
    const memory = pattern(30)
    for (const start of [0, 10, 20]) reader.append(memory.subarray(start, start + 10))
    const piece = reader.takePiece(30)
    expect([piece.length, piece.buffer]).to.deep.equal([30, memory.buffer])
  })

  it('gives the bytes in order, whichever way they are read', async () => {
    const length = fc.oneof(fc.nat(20), fc.constantFrom(511, 512, 3000))
    const verb = fc.constantFrom<Step[0]>(
      ...([
        'append',
        'append',
        'appendBehind',
        'appendBehind',
        'skip',
        'takeInto',
        'takePiece',
        'peek',
        'move',
      ] as const),
    )
    await check(fc.array(fc.tuple(verb, length), { maxLength: 60 }), async (steps) => {
      const reader = new ChunkReader()
      // What all chunks together are, and how much of it is read.
      let all = new Uint8Array(0)
      let read = 0
      // Memory in which chunks lie behind one another, and what of it is used.
      const memory = new Uint8Array(200_000)
      let used = 0
      for (const [verb, length] of steps) {
        const here = Math.min(length, all.length - read)
        const expected = all.subarray(read, read + here)
        if (verb === 'append') {
          const chunk = pattern(all.length + length).subarray(all.length)
          all = new Uint8Array(concat([all, chunk]))
          if (length > 0) reader.append(chunk.slice())
        } else if (verb === 'appendBehind') {
          const chunk = pattern(all.length + length).subarray(all.length)
          all = new Uint8Array(concat([all, chunk]))
          memory.set(chunk, used)
          if (length > 0) reader.append(memory.subarray(used, used + length))
          used += length
        } else if (verb === 'move') {
          reader.moveTo(new Uint8Array(reader.unreadLength + length))
        } else if (verb === 'peek') {
          expect(isSame(reader.peek(length), expected)).to.equal(true)
        } else if (verb === 'takePiece') {
          const piece = here > 0 ? reader.takePiece(length) : new Uint8Array(0)
          expect(isSame(piece, all.subarray(read, read + piece.length))).to.equal(true)
          expect(piece.length).to.be.within(Math.min(here, 1), length)
          read += piece.length
        } else {
          if (verb === 'skip') reader.skip(here)
          else expect(isSame(reader.takeInto(new Uint8Array(here)), expected)).to.equal(true)
          read += here
        }
        expect(reader.offset).to.equal(read)
        expect(reader.unreadLength).to.equal(all.length - read)
      }
    })
  })

  it('goes on to the next chunk, and lets go of the memory of the last', () => {
    const reader = new ChunkReader()
    const [one, other] = [pattern(600), pattern(700)]
    reader.append(one)
    reader.append(other)
    expect(reader.chunk).to.equal(one)
    reader.skip(600)
    expect(reader.advance()).to.equal(true)
    expect(reader.chunk).to.equal(other)
    expect(reader.memory).to.equal(other.buffer)
    reader.skip(700)
    expect(reader.advance()).to.equal(false)
    expect(reader.memory.byteLength).to.equal(0)
  })

  it('forgets all that is unread, and counts on', () => {
    const reader = new ChunkReader()
    for (const chunk of [pattern(3), pattern(600)]) reader.append(chunk)
    reader.skip(2)
    reader.clear()
    expect(reader.unreadLength).to.equal(0)
    reader.append(pattern(4))
    expect(reader.offset).to.equal(2)
    expect(toHex(reader.peek(9))).to.equal(toHex(pattern(4)))
  })
})
