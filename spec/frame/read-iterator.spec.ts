import { ReadIterator } from '../../lib/frame/read-iterator.js'
import { expect } from 'chai'

describe('ReadIterator', () => {
  it('iterates over what a reader has for now, and later over what came since', () => {
    const values = [1, 2]
    const iterator = new ReadIterator({ read: () => values.shift() })
    expect([...iterator]).to.deep.equal([1, 2])
    values.push(3)
    expect([...iterator]).to.deep.equal([3])
  })
})
