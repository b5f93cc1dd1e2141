import { expect } from 'chai'
import { rawCodec } from '../../lib/messaging/codec.js'

describe('rawCodec', () => {
  it('reads every message as bytes of type 0', () => {
    const message = Buffer.from('68 69', 'hex')
    expect(rawCodec.parse(message)).to.deep.equal({ type: 0, data: message })
  })

  it('writes bytes of type 0 as they are', () => {
    const data = Buffer.from('hi')
    expect(rawCodec.serialise(0, data)).to.equal(data)
  })

  it('refuses to write any other type', () => {
    expect(() => rawCodec.serialise('chat', Buffer.from('hi'))).to.throw(RangeError, 'type chat')
  })
})
