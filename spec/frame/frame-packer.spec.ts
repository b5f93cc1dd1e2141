import { expect } from 'chai'
import { FrameEncoder } from '../../lib/frame.js'
import { FramePacker } from '../../lib/frame/frame-packer.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, pattern, toHex } from '../support/bytes.js'

describe('FramePacker', () => {
  for (const copyLimit of [0, 2048, Infinity]) {
    describe(`with a copy limit of ${copyLimit}`, () => {
      itObeysTheLawsOfEncoders(async (messages, options) => {
        const pieces: Uint8Array[] = []
        const packer = new FramePacker(new FrameEncoder(options), copyLimit, (bytes) => pieces.push(bytes))
        for (const message of messages) packer.add(message)
        packer.flush()
        return concat(pieces)
      })
    })
  }

  it('packs small messages into one piece', () => {
    const pieces: Uint8Array[] = []
    const packer = new FramePacker(new FrameEncoder(), 2048, (bytes) => pieces.push(bytes))
    for (const byte of [0x61, 0x62]) packer.add(Uint8Array.of(byte))
    expect(packer.length).to.equal(10)
    expect(pieces).to.have.lengthOf(0)
    packer.flush()
    expect(pieces.map(toHex)).to.deep.equal(['00 00 00 01 61 00 00 00 01 62'])
    expect(packer.length).to.equal(0)
  })

  it('passes a long message by reference, behind its header', () => {
    const pieces: Uint8Array[] = []
    const packer = new FramePacker(new FrameEncoder(), 4, (bytes) => pieces.push(bytes))
    const long = pattern(5)
    packer.add(hex('61'))
    packer.add(long)
    expect(pieces.map(toHex)).to.deep.equal(['00 00 00 01 61 00 00 00 05', toHex(long)])
    expect(pieces[1]).to.equal(long)
  })

  it('is unchanged by a message that it refuses', () => {
    const pieces: Uint8Array[] = []
    const packer = new FramePacker(new FrameEncoder({ maxMessageLength: 1 }), 4, (bytes) => pieces.push(bytes))
    packer.add(hex('61'))
    expect(() => packer.add(hex('61 62')))
      .to.throw()
      .with.property('code', 'ERR_MESSAGE_TOO_LARGE')
    packer.add(hex('62'))
    packer.flush()
    expect(pieces.map(toHex)).to.deep.equal(['00 00 00 01 61 00 00 00 01 62'])
  })

  it('gives one piece for a burst that is like the last one', () => {
    let pieces = 0
    const packer = new FramePacker(new FrameEncoder(), 2048, () => pieces++)
    const burst = (): void => {
      for (let i = 0; i < 8; i++) packer.add(pattern(256))
      packer.flush()
    }
    // The slab grows to its size.
    burst()
    burst()
    pieces = 0
    for (let i = 0; i < 50; i++) burst()
    expect(pieces).to.equal(50)
  })

  it('keeps the pieces of earlier bursts as they were', () => {
    const pieces: Uint8Array[] = []
    const packer = new FramePacker(new FrameEncoder(), 2048, (bytes) => pieces.push(bytes))
    for (let burst = 0; burst < 50; burst++) {
      for (let i = 0; i < burst * 3; i++) packer.add(pattern(burst * 7))
      packer.flush()
    }
    const expected = Array.from({ length: 50 }, (_, burst) =>
      Array.from({ length: burst * 3 }, () => new FrameEncoder().encode(pattern(burst * 7))),
    )
    expect(Buffer.compare(concat(pieces), concat(expected.flat()))).to.equal(0)
  })

  it('packs messages that leave one at a time into slabs that they share', () => {
    const slabs = new Set<ArrayBufferLike>()
    const packer = new FramePacker(new FrameEncoder(), 2048, (bytes) => slabs.add(bytes.buffer))
    for (let i = 0; i < 1000; i++) {
      packer.add(pattern(64))
      packer.flush()
    }
    // 68,000 bytes of frames.
    expect(slabs.size).to.be.below(100)
  })
})
