import { expect } from 'chai'
import { encodeFrame, type EncodeOptions, FrameEncoder, uint8, uint16be } from '../../lib/frame.js'
import { LongFrameWriter } from '../../lib/frame/long-frame-writer.js'
import { concat, hex, text, toHex } from '../support/bytes.js'
import { byteByByte, everyCut } from '../support/cut.js'
import { layouts } from '../contract/layouts.js'

/** What comes out, and with which piece the frame was complete. */
function written(pieces: readonly Uint8Array[], options: EncodeOptions): [bytes: string, isComplete: boolean][] {
  const writer = new LongFrameWriter(new FrameEncoder(options), concat(pieces).length)
  const seen: [string, boolean][] = []
  for (const piece of pieces) for (const bytes of writer.write(piece)) seen.push([toHex(bytes), writer.isComplete])
  for (const bytes of writer.end()) seen.push([toHex(bytes), writer.isComplete])
  return seen
}

describe('LongFrameWriter', () => {
  for (const { name, options, frames } of layouts) {
    it(`writes the frame of the whole message, however it is cut, with ${name}`, () => {
      for (const [message] of frames) {
        const whole = toHex(encodeFrame(hex(message), options))
        for (const pieces of [...everyCut(hex(message)), byteByByte(hex(message)), []].slice(0, 40)) {
          if (concat(pieces).length < hex(message).length) continue
          const seen = written(pieces, options)
          expect(seen.map(([bytes]) => bytes).join(' ')).to.equal(whole)
          expect(seen.every(([bytes]) => bytes !== '')).to.equal(true)
          expect(seen.map(([, isComplete]) => isComplete).lastIndexOf(false)).to.equal(seen.length - 2)
        }
      }
    })
  }

  it('refuses what is no length, and what its length alone shows to be too long', () => {
    for (const length of [undefined, null, '5'])
      expect(() => new LongFrameWriter(new FrameEncoder(), length as unknown as number)).to.throw(TypeError, 'in bytes')
    for (const length of [-1, 0.5, NaN, Infinity])
      expect(() => new LongFrameWriter(new FrameEncoder(), length)).to.throw(RangeError, `got ${length}`)
    const refused: readonly (readonly [length: number, options: EncodeOptions, limit: number])[] = [
      [11, { maxMessageLength: 10 }, 10],
      [256, { lengthField: uint8 }, 255],
      [11, { maxMessageLength: 10, initialBytesToStrip: 0 }, 10],
    ]
    for (const [length, options, limit] of refused) {
      expect(() => new LongFrameWriter(new FrameEncoder(options), length))
        .to.throw()
        .with.include({ code: 'ERR_MESSAGE_TOO_LARGE', length, limit })
    }
  })

  it('refuses a message whose kept header cannot say its length, before anything is out', () => {
    const encoder = new FrameEncoder({ lengthField: uint16be, initialBytesToStrip: 0, maxMessageLength: Infinity })
    const writer = new LongFrameWriter(encoder, 70_000)
    expect([...writer.write(hex('00'))]).to.deep.equal([])
    expect(() => [...writer.write(hex('00'))])
      .to.throw()
      .with.property('code', 'ERR_MESSAGE_TOO_LARGE')
  })

  it('refuses more than was announced, behind a frame that is whole', () => {
    const writer = new LongFrameWriter(new FrameEncoder({ lengthField: uint8, trailer: hex('ce') }), 3)
    const seen: string[] = []
    expect(() => {
      for (const piece of ['ab', 'cd']) for (const bytes of writer.write(text(piece))) seen.push(toHex(bytes))
    }).to.throw(RangeError, 'more than the 3 bytes')
    expect(seen).to.deep.equal(['03', '61 62', '63', 'ce'])
    expect(() => [...writer.write(text('e'))]).to.throw(RangeError)
  })

  it('refuses less than was announced', () => {
    const writer = new LongFrameWriter(new FrameEncoder(), 3)
    expect([...writer.write(text('ab'))]).to.have.lengthOf(2)
    expect(() => [...writer.end()]).to.throw(RangeError, '2 bytes of the 3')
    expect(() => [...new LongFrameWriter(new FrameEncoder(), 3).end()]).to.throw(RangeError, '0 bytes of the 3')
  })

  it('refuses a piece that is not bytes', () => {
    const writer = new LongFrameWriter(new FrameEncoder(), 3)
    expect(() => [...writer.write('abc' as unknown as Uint8Array)]).to.throw(TypeError, 'Cannot write piece')
  })
})
