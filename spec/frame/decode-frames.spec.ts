import { decodeFrames, FrameParser } from '../../lib/frame.js'
import { expect } from 'chai'
import { hex, toHex } from '../support/bytes.js'

describe('decodeFrames', () => {
  it('gives all messages of bytes that end where a frame ends', () => {
    expect(decodeFrames(hex('00 00 00 01 61 00 00 00 00')).map(toHex)).to.deep.equal(['61', ''])
    expect(decodeFrames(hex(''))).to.deep.equal([])
  })

  it('refuses bytes that end inside a frame', () => {
    expect(() => decodeFrames(hex('00 00 00 01 61 00 00')))
      .to.throw()
      .with.property('code', 'ERR_FRAME_TRUNCATED')
  })

  it('gives a message whole that a stream would hand over in pieces', () => {
    const options = { maxMessageLength: 2, streamAbove: 1 }
    expect(decodeFrames(hex('00 00 00 02 61 62'), options).map(toHex)).to.deep.equal(['61 62'])
  })

  it('refuses what a parser refuses', () => {
    expect(() => decodeFrames('00' as unknown as Uint8Array)).to.throw(TypeError)
    expect(() => decodeFrames(hex('00 00 00 02 61 62'), { maxMessageLength: 1 }))
      .to.throw()
      .with.property('code', 'ERR_MESSAGE_TOO_LARGE')
    expect(new FrameParser({ maxMessageLength: 1 }).unreadLength).to.equal(0)
  })
})
