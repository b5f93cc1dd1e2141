import { expect } from 'chai'
import { encodeFrame, FrameEncoder, uint8, varint } from '../../lib/frame.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, pattern, toHex } from '../support/bytes.js'

describe('FrameEncoder', () => {
  itObeysTheLawsOfEncoders(async (messages, options) => {
    const encoder = new FrameEncoder(options)
    return concat(messages.map((message) => encoder.encode(message)))
  })

  it('encodes the next message after one that it refused', () => {
    const encoder = new FrameEncoder({ maxMessageLength: 2 })
    expect(() => encoder.encode(pattern(3)))
      .to.throw()
      .with.property('code', 'ERR_MESSAGE_TOO_LARGE')
    expect(toHex(encoder.encode(hex('61')))).to.equal('00 00 00 01 61')
  })

  it('keeps its header when the template is changed afterwards', () => {
    const header = Buffer.from(hex('ab'))
    const encoder = new FrameEncoder({ lengthField: uint8, lengthFieldOffset: 1, header })
    header.fill(0)
    expect(toHex(encoder.encode(hex('61')))).to.equal('ab 01 61')
  })

  it('refuses a header that is not as long as what is stripped', () => {
    expect(() => new FrameEncoder({ lengthFieldOffset: 2, header: hex('01') })).to.throw(RangeError, 'expected 6 bytes')
    expect(() => new FrameEncoder({ header: 'x' as unknown as Uint8Array })).to.throw(TypeError, 'Cannot use header')
  })

  it('refuses a message whose own varint has another size than its length needs', () => {
    const encoder = new FrameEncoder({ lengthField: varint, lengthFieldOffset: 1, initialBytesToStrip: 0 })
    for (const message of ['30', '30 80', '30 80 01 61']) {
      expect(() => encoder.encode(hex(message)))
        .to.throw()
        .with.property('code', 'ERR_LENGTH_INVALID')
    }
  })
})

describe('encodeFrame', () => {
  itObeysTheLawsOfEncoders(async (messages, options) =>
    concat(messages.map((message) => encodeFrame(message, options))),
  )
})
