import { expect } from 'chai'
import { runInNewContext } from 'node:vm'
import { allocate, allocateShared, ByteView, copyInto, copyOf, hex, isAt, localBytes } from '../../lib/frame/memory.js'
import { hex as bytesOf, isSame, pattern, toHex } from '../support/bytes.js'

describe('memory', () => {
  it('is given as Buffers in Node, of the length asked for', () => {
    for (const length of [0, 1, 4095, 4096, 100_000]) {
      for (const bytes of [allocate(length), allocateShared(length), new ByteView(length)]) {
        expect(bytes).to.be.instanceOf(Buffer).and.to.have.lengthOf(length)
      }
    }
  })

  it('is its own where it may be given away', () => {
    for (const length of [1, 4096]) expect(allocate(length).buffer.byteLength).to.equal(length)
    const copy = copyOf(pattern(5000).subarray(10))
    expect(copy.buffer.byteLength).to.equal(4990)
    expect(isSame(copy, pattern(5000).subarray(10))).to.equal(true)
  })

  it('is copied as far as there is room, short and long, from any part to any part', () => {
    for (const length of [0, 1, 32, 33, 500]) {
      const target = new Uint8Array(length + 10)
      expect(copyInto(target, 5, pattern(600), 50, 50 + length)).to.equal(length)
      expect(isSame(target.subarray(5, 5 + length), pattern(600).subarray(50, 50 + length))).to.equal(true)
      expect(copyInto(target, length, pattern(600))).to.equal(10)
    }
  })

  it('of another realm becomes a view that is local', () => {
    const foreign = runInNewContext('new Uint8Array([0, 1, 2, 3]).subarray(1)') as Uint8Array
    expect(foreign).not.to.be.instanceOf(Uint8Array)
    const local = localBytes(foreign)
    expect(local).to.be.instanceOf(Buffer)
    expect(toHex(local)).to.equal('01 02 03')
    foreign[0] = 9
    expect(local[0]).to.equal(9)
    for (const value of [pattern(3), 'text', undefined, null, [1]]) expect(localBytes(value)).to.equal(value)
  })

  it('is compared and written in hex', () => {
    expect(hex(bytesOf('00 0a ff'))).to.equal('00 0a ff')
    expect(isAt(bytesOf('00 ce 0a'), 1, bytesOf('ce 0a'))).to.equal(true)
    expect(isAt(bytesOf('00 ce'), 1, bytesOf('ce 0a'))).to.equal(false)
    expect(isAt(bytesOf(''), 0, bytesOf(''))).to.equal(true)
  })
})
