import { expect } from 'chai'
import { fromHex, toHex } from '../../lib/cli/hex.js'

const read = (text: string) => Array.from(fromHex(Buffer.from(text)))

describe('hex', () => {
  it('reads digits of both cases, with spaces or without', () => {
    expect(read('00 aF10\t0b\r')).to.deep.equal([0x00, 0xaf, 0x10, 0x0b])
    expect(read('')).to.deep.equal([])
  })

  it('reads back what it has written', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    expect(fromHex(Buffer.from(toHex(bytes)))).to.deep.equal(bytes)
    expect(toHex(Buffer.of(0, 0xab, 0x0c))).to.equal('00 ab 0c')
  })

  for (const text of ['0', '0g', '00 1', '0x00', 'é']) {
    it(`refuses ${text}`, () => {
      expect(() => read(text)).to.throw(`Cannot read hex: expected two digits for each byte, got "${text}"`)
    })
  }
})
