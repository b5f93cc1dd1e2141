import { expect } from 'chai'
import { quantity } from '../../lib/cli/quantity.js'

describe('quantity', () => {
  it('reads numbers in its range', () => {
    expect(['0.5', '2', '3.25'].map(quantity('number', 0.5, 3.25))).to.deep.equal([0.5, 2, 3.25])
  })

  for (const text of ['0', '11', '1.5', '-1', '1e3', '0x1', '', 'ten', 'Infinity', ' 1']) {
    it(`refuses ${JSON.stringify(text)} for a whole number from 1 to 10`, () => {
      expect(() => quantity('whole number', 1, 10)(text)).to.throw('Expected a whole number from 1 to 10')
    })
  }
})
