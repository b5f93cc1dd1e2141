import { expect } from 'chai'
import { nameOf } from '../../lib/arguments.js'
import { LengthPrefixDecoder } from '../../lib/index.js'
import { hex } from '../support/bytes.js'

describe('A chunk for a decoder', () => {
  const wrong = [null, 5, 5n, true, Symbol('bytes'), {}, [1], new ArrayBuffer(1), new Date(0)]

  for (const chunk of wrong) {
    it(`is refused in our own words where it is ${nameOf(chunk)}`, () => {
      const decoder = new LengthPrefixDecoder()
      const says = /^Cannot append chunk: expected a Uint8Array, got /
      expect(() => decoder.write(chunk)).to.throw(TypeError, says)
      expect(() => decoder.write(chunk, () => undefined)).to.throw(TypeError, says)
      if (chunk !== null) expect(() => decoder.end(chunk)).to.throw(TypeError, says)
    })
  }

  it('may be text of any encoding, and the last one may be none', async () => {
    const decoder = new LengthPrefixDecoder()
    decoder.write('00000001', 'hex')
    decoder.write('a')
    decoder.end(null)
    expect(await decoder.toArray()).to.deep.equal([hex('61')])
  })
})
