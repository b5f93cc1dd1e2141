import { expect } from 'chai'
import fc from 'fast-check'
import { berLength } from '../../lib/frame.js'
import { hex, toHex } from '../support/bytes.js'
import { check } from '../support/property.js'

function read(bytes: Uint8Array): number | undefined {
  const size = berLength.measure!(bytes, 0, bytes.length)
  return size === undefined || size > bytes.length ? undefined : berLength.read(bytes, 0, size)
}

function write(value: number): string {
  const bytes = new Uint8Array(berLength.sizeOf(value) + 2).fill(0xee)
  berLength.write(bytes, 1, bytes.length - 1, value)
  expect([bytes[0], bytes.at(-1)]).to.deep.equal([0xee, 0xee])
  return toHex(bytes.subarray(1, -1))
}

describe('berLength', () => {
  // X.690, section 8.1.3, by hand.
  const vectors: readonly (readonly [value: number, shortest: string, ...others: string[]])[] = [
    [0, '00', '81 00', '84 00 00 00 00'],
    [5, '05', '81 05', '82 00 05', '84 00 00 00 05', '88 00 00 00 00 00 00 00 05'],
    [38, '26'],
    [127, '7f', '81 7f'],
    [128, '81 80', '82 00 80'],
    [201, '81 c9'],
    [255, '81 ff'],
    [256, '82 01 00'],
    [300, '82 01 2c', '83 00 01 2c'],
    [65_535, '82 ff ff'],
    [65_536, '83 01 00 00'],
    [0xff_ffff, '83 ff ff ff'],
    [0x0100_0000, '84 01 00 00 00'],
    [0xffff_ffff, '84 ff ff ff ff'],
    [0x01_0000_0000, '85 01 00 00 00 00'],
    [Number.MAX_SAFE_INTEGER, '87 1f ff ff ff ff ff ff', '88 00 1f ff ff ff ff ff ff'],
  ]
  for (const [value, shortest, ...others] of vectors) {
    it(`writes ${value} as ${shortest}, and reads it in every form`, () => {
      expect(write(value)).to.equal(shortest)
      for (const form of [shortest, ...others]) expect(read(hex(form)), form).to.equal(value)
    })
  }

  it('answers its size at the first byte', () => {
    for (const form of ['05', '81 ff', '84 00 00 00 05', '88 00 00 00 00 00 00 00 05']) {
      const bytes = hex(form)
      expect(berLength.measure!(bytes, 0, 1)).to.equal(bytes.length)
    }
  })

  it('refuses the indefinite length, what is reserved, more than eight bytes, and values above 2^53 - 1', () => {
    for (const form of ['80', 'ff', '89', 'fe']) expect(read(hex(form)), form).to.be.NaN
    for (const form of ['87 20 00 00 00 00 00 00', '88 00 20 00 00 00 00 00 01', '88 ff ff ff ff ff ff ff ff'])
      expect(read(hex(form)), form).to.be.NaN
  })

  it('reads what it has written', async () => {
    await check(
      fc.oneof(fc.maxSafeNat(), fc.nat(70_000)),
      async (value) => {
        expect(read(hex(write(value)))).to.equal(value)
      },
      500,
    )
  })
})
