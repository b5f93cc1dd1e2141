import { expect } from 'chai'
import fc from 'fast-check'
import { decodeFrames, type EncodeOptions, FrameEncoder, uint8 } from '../../lib/frame.js'
import { FramePacker } from '../../lib/frame/frame-packer.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, pattern, toHex } from '../support/bytes.js'
import { check } from '../support/property.js'

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
    expect(pieces.map(toHex)).to.deep.equal(['00 00 00 01 61', '00 00 00 05', toHex(long)])
    expect(pieces[2]).to.equal(long)
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

  describe('says with each piece how many frames end with it', () => {
    const pack = (copyLimit: number, options: EncodeOptions, work: (packer: FramePacker) => void): unknown[] => {
      const pieces: unknown[] = []
      const packer = new FramePacker(new FrameEncoder(options), copyLimit, (bytes, frames) =>
        pieces.push([toHex(bytes), frames]),
      )
      work(packer)
      packer.flush()
      return pieces
    }
    const [a, b, long] = [hex('61'), hex('62'), hex('01 02 03')]

    it('where they are packed together', () => {
      expect(
        pack(2, { lengthField: uint8 }, (packer) => [a, b].forEach((message) => packer.add(message))),
      ).to.deep.equal([['01 61 01 62', 2]])
    })

    it('where a message passes by reference: none with its header, which is a piece of its own, and it with its end', () => {
      expect(
        pack(2, { lengthField: uint8 }, (packer) => [a, b, long, long, a].forEach((message) => packer.add(message))),
      ).to.deep.equal([
        ['01 61 01 62', 2],
        ['03', 0],
        ['01 02 03', 1],
        ['03', 0],
        ['01 02 03', 1],
        ['01 61', 1],
      ])
    })

    it('where a trailer ends a frame that passes by reference: with the piece that has it', () => {
      expect(
        pack(2, { lengthField: uint8, trailer: hex('ce') }, (packer) =>
          [a, long, b].forEach((message) => packer.add(message)),
        ),
      ).to.deep.equal([
        ['01 61 ce', 1],
        ['03', 0],
        ['01 02 03', 0],
        ['ce 01 62 ce', 2],
      ])
    })

    it('where bytes are frames already: they count as one', () => {
      expect(
        pack(2, { lengthField: uint8 }, (packer) => {
          packer.add(a)
          packer.addBytes(hex('01 62'))
        }),
      ).to.deep.equal([
        ['01 61', 1],
        ['01 62', 1],
      ])
    })

    it('and leaves none out, however many slabs they fill', async () => {
      const length = fc.constantFrom(0, 1, 60, 900, 1100, 5000)
      const step = fc.oneof({ weight: 5, arbitrary: length }, fc.constantFrom('flush' as const, 'raw' as const))
      await check(
        fc.tuple(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 64, 2048), fc.boolean()),
        async ([steps, copyLimit, hasTrailer]) => {
          const trailer = hasTrailer ? hex('ce') : hex('')
          let [ended, unended, added] = [0, 0, 0]
          const packer = new FramePacker(new FrameEncoder({ trailer }), copyLimit, (bytes, frames) => {
            unended += bytes.length
            if (frames > 0) unended = 0
            ended += frames
          })
          for (const step of steps) {
            if (step === 'flush') packer.flush()
            else if (step === 'raw') packer.addBytes(hex('00 00 00 00'))
            else packer.add(pattern(step))
            if (step !== 'flush') added++
          }
          packer.flush()
          expect([ended, unended]).to.deep.equal([added, 0])
        },
      )
    })
  })

  it('puts what is added by whatever gets a piece behind that piece and its frame', () => {
    for (const copyLimit of [0, 2, 100]) {
      for (const trailer of [hex(''), hex('ce')]) {
        const options = { lengthField: uint8, trailer }
        const added: Uint8Array[] = []
        const pieces: Uint8Array[] = []
        const packer = new FramePacker(new FrameEncoder(options), copyLimit, (bytes) => {
          pieces.push(bytes)
          if (added.length < 40) add(pattern(added.length % 5))
        })
        const add = (message: Uint8Array): void => {
          added.push(message)
          packer.add(message)
        }
        for (let i = 0; i < 10; i++) add(pattern(3))
        while (packer.length > 0) packer.flush()
        expect(decodeFrames(concat(pieces), options).map(toHex)).to.deep.equal(added.map(toHex))
      }
    }
  })

  it('goes on behind a piece whose taker threw', () => {
    const pieces: string[] = []
    let isFaulty = true
    const packer = new FramePacker(new FrameEncoder({ lengthField: uint8 }), 0, (bytes) => {
      pieces.push(toHex(bytes))
      if (isFaulty) throw new Error('taker')
    })
    expect(() => packer.add(hex('61'))).to.throw('taker')
    isFaulty = false
    packer.add(hex('62'))
    expect(pieces).to.deep.equal(['01', '61', '01', '62'])
  })
})
