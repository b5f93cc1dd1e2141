import { expect } from 'chai'
import fc from 'fast-check'
import * as fields from '../../lib/frame/length-field.js'
import { hex } from '../support/bytes.js'
import { check } from '../support/property.js'

// BigInt arithmetic, slow and obvious, to compare with.
function bytesOf(value: number, size: number, littleEndian: boolean): number[] {
  const bytes = Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn))
  return littleEndian ? bytes : bytes.reverse()
}

describe('length fields', () => {
  for (const [name, field] of Object.entries(fields)) {
    const size = Number(/\d+/.exec(name)![0]) / 8
    const littleEndian = name.endsWith('le')

    describe(name, () => {
      it('writes and reads every value at any place', async () => {
        const value = fc.oneof(fc.maxSafeNat(), fc.nat(), fc.nat(70_000)).map((any) => any % (field.maxValue + 1))
        const corners = fc.constantFrom(0, 1, 127, 128, 255, field.maxValue, field.maxValue - 1)
        await check(fc.tuple(fc.oneof(value, corners), fc.nat(5)), async ([any, at]) => {
          const bytes = new Uint8Array(16).fill(0xee)
          field.write(bytes, at, at + size, any)
          expect([...bytes.subarray(at, at + size)]).to.deep.equal(bytesOf(any, size, littleEndian))
          expect(bytes.filter((byte, i) => (i < at || i >= at + size) && byte !== 0xee)).to.have.lengthOf(0)
          expect(field.read(bytes, at, at + size)).to.equal(any)
        })
      })

      it('has the size that its name says', () => {
        expect(field).to.include({ name, minSize: size, maxSize: size })
        expect(field.sizeOf(0)).to.equal(size)
      })
    })
  }

  it('say no length above 2^53 - 1, without rounding', () => {
    for (const corner of [
      '00 20 00 00 00 00 00 00',
      'ff ff ff ff ff ff ff ff',
      '80 00 00 00 00 00 00 00',
      '00 20 00 00 00 00 00 01',
    ]) {
      const bytes = hex(corner)
      expect(fields.uint64be.read(bytes, 0, 8)).to.be.NaN
      expect(fields.uint64le.read(bytes.slice().reverse(), 0, 8)).to.be.NaN
    }
    expect(fields.uint64be.read(hex('00 1f ff ff ff ff ff ff'), 0, 8)).to.equal(Number.MAX_SAFE_INTEGER)
  })
})
