import { expect } from 'chai'
import fc from 'fast-check'
import type { LengthField } from '../../lib/frame/length-field.js'
import { varint, varintOf } from '../../lib/frame/varint.js'
import { hex, toHex } from '../support/bytes.js'
import { check } from '../support/property.js'

describe('varint', () => {
  // The specification, in BigInt: shortest form only, value at most 2^53 - 1.
  function expected(bytes: Uint8Array): number | undefined | 'invalid' {
    let value = 0n
    for (const [i, byte] of bytes.entries()) {
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) {
        const overlong = byte === 0 && i > 0
        return overlong || value > BigInt(Number.MAX_SAFE_INTEGER) ? 'invalid' : Number(value)
      }
      if (i === 7) return 'invalid'
    }
    return undefined
  }

  function actual(field: LengthField, bytes: Uint8Array): number | undefined | 'invalid' {
    const size = field.measure?.(bytes, 0, bytes.length)
    if (size === undefined) return undefined
    const value = field.read(bytes, 0, size)
    return Number.isNaN(value) ? 'invalid' : value
  }

  it('reads every string of one and two bytes as the specification says', () => {
    for (let first = 0; first < 256; first++) {
      expect(actual(varint, Uint8Array.of(first))).to.equal(expected(Uint8Array.of(first)))
      for (let second = 0; second < 256; second++) {
        const bytes = Uint8Array.of(first, second)
        expect(actual(varint, bytes), toHex(bytes)).to.equal(expected(bytes))
      }
    }
  })

  it('reads longer strings as the specification says', async () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff))
    await check(
      fc.array(byte, { minLength: 3, maxLength: 10 }),
      async (any) => {
        const bytes = Uint8Array.from(any)
        expect(actual(varint, bytes), toHex(bytes)).to.equal(expected(bytes))
      },
      1000,
    )
  })

  it('writes every value in the shortest form', async () => {
    const corners = Array.from({ length: 7 }, (_, i) => 2 ** (7 * (i + 1)))
    const value = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(...corners, ...corners.map((n) => n - 1)))
    await check(
      value,
      async (any) => {
        const bytes = new Uint8Array(varint.sizeOf(any))
        varint.write(bytes, 0, bytes.length, any)
        expect(actual(varint, bytes)).to.equal(any)
        expect(varint.measure?.(bytes, 0, bytes.length)).to.equal(bytes.length)
      },
      1000,
    )
  })

  it('does not wait for the end of one that is too long already', () => {
    expect(varintOf(2).measure?.(hex('ff ff'), 0, 2)).to.equal(2)
    expect(varintOf(2).read(hex('ff ff'), 0, 2)).to.be.NaN
    expect(varintOf(2).measure?.(hex('ff'), 0, 1)).to.equal(undefined)
  })

  it('has one to eight bytes', () => {
    expect(varintOf(4).maxValue).to.equal(268_435_455)
    expect(varint.maxValue).to.equal(Number.MAX_SAFE_INTEGER)
    for (const size of [0, 9, 1.5, NaN, '4' as unknown as number])
      expect(() => varintOf(size)).to.throw(RangeError, 'maxSize')
  })
})
