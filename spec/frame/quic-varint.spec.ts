import { expect } from 'chai'
import fc from 'fast-check'
import { quicVarint } from '../../lib/frame.js'
import { hex, toHex } from '../support/bytes.js'
import { check } from '../support/property.js'

function read(bytes: Uint8Array): number | undefined {
  const size = quicVarint.measure!(bytes, 0, bytes.length)!
  return size > bytes.length ? undefined : quicVarint.read(bytes, 0, size)
}

function write(value: number): string {
  const bytes = new Uint8Array(quicVarint.sizeOf(value) + 2).fill(0xee)
  quicVarint.write(bytes, 1, bytes.length - 1, value)
  expect([bytes[0], bytes.at(-1)]).to.deep.equal([0xee, 0xee])
  return toHex(bytes.subarray(1, -1))
}

describe('quicVarint', () => {
  // The examples of RFC 9000, appendix A.1, and the corners of its table 4.
  const vectors: readonly (readonly [value: number, shortest: string, ...others: string[]])[] = [
    [37, '25', '40 25'],
    [15_293, '7b bd'],
    [494_878_333, '9d 7f 3e 7d'],
    [0, '00', '40 00', '80 00 00 00', 'c0 00 00 00 00 00 00 00'],
    [63, '3f', '40 3f'],
    [64, '40 40', '80 00 00 40'],
    [16_383, '7f ff'],
    [16_384, '80 00 40 00'],
    [1_073_741_823, 'bf ff ff ff'],
    [1_073_741_824, 'c0 00 00 00 40 00 00 00'],
    [Number.MAX_SAFE_INTEGER, 'c0 1f ff ff ff ff ff ff'],
  ]
  for (const [value, shortest, ...others] of vectors) {
    it(`writes ${value} as ${shortest}, and reads it in every form`, () => {
      expect(write(value)).to.equal(shortest)
      for (const form of [shortest, ...others]) expect(read(hex(form)), form).to.equal(value)
    })
  }

  it('answers its size at the first byte', () => {
    for (const [first, size] of [
      ['00', 1],
      ['40', 2],
      ['80', 4],
      ['c0', 8],
      ['ff', 8],
    ] as const)
      expect(quicVarint.measure!(hex(first), 0, 1)).to.equal(size)
  })

  it('refuses values above 2^53 - 1, such as the largest example of RFC 9000', () => {
    for (const form of ['c2 19 7c 5e ff 14 e8 8c', 'c0 20 00 00 00 00 00 00', 'ff ff ff ff ff ff ff ff'])
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
