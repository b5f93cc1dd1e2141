import { expect } from 'chai'
import type { Uint8ArrayList } from 'uint8arraylist'
import { encodeFrame, type FrameOptions } from '../../lib/frame.js'
import { type AsyncLongMessagePieces, decode, encode } from '../../lib/iterables.js'
import { concat, hex, text, toHex } from '../support/bytes.js'
import { byteByByte, everyCut } from '../support/cut.js'

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

const streamAbove = 3
const wire = concat(['one', 'four', '', 'sixteen chars ok', 'two'].map((word) => encodeFrame(text(word))))
const expected = ['one', 'four', '', 'sixteen chars ok', 'two']
const word = (parts: readonly Uint8ArrayList[]): string =>
  Buffer.concat(parts.map((part) => part.subarray())).toString()

describe('decode with streamAbove', () => {
  it('law 1: gives pieces for a long message in its place, however the input is cut, sync', () => {
    for (const chunks of [...everyCut(wire), byteByByte(wire)]) {
      const seen: string[] = []
      for (const message of decode(chunks, { streamAbove })) {
        if ('subarray' in message) seen.push(word([message]))
        else {
          const parts = [...message]
          expect(message.length).to.equal(parts.reduce((sum, part) => sum + part.length, 0))
          seen.push(word(parts))
        }
      }
      expect(seen).to.deep.equal(expected)
    }
  })

  it('law 1: the same, async', async () => {
    for (const chunks of [...everyCut(wire), byteByByte(wire)]) {
      const seen: string[] = []
      for await (const message of decode(later(chunks), { streamAbove })) {
        if ('subarray' in message) seen.push(word([message]))
        else {
          const parts: Uint8ArrayList[] = []
          for await (const part of message) parts.push(part)
          seen.push(word(parts))
        }
      }
      expect(seen).to.deep.equal(expected)
    }
  })

  it('throws away the pieces that a loop left behind', async () => {
    const seen: string[] = []
    for (const message of decode(byteByByte(wire), { streamAbove })) {
      if ('subarray' in message) seen.push(word([message]))
      else for (const piece of message) if (piece.length > 0) break
    }
    for await (const message of decode(later(byteByByte(wire)), { streamAbove })) {
      if ('subarray' in message) seen.push(word([message]))
    }
    expect(seen).to.deep.equal(['one', '', 'two', 'one', '', 'two'])
  })

  it('law 3: fails inside a long message that does not end', async () => {
    for (let end = 11; end < 15; end++) {
      const readSync = (): void => {
        for (const message of decode([wire.subarray(0, end)], { streamAbove }))
          if (!('subarray' in message)) [...message].at(0)
      }
      expect(readSync).to.throw().with.property('code', 'ERR_FRAME_TRUNCATED')
      const skip = (): unknown[] => [...decode([wire.subarray(0, end)], { streamAbove })]
      expect(skip).to.throw().with.property('code', 'ERR_FRAME_TRUNCATED')
      let error: unknown
      try {
        for await (const message of decode(later([wire.subarray(0, end)]), { streamAbove }))
          expect(message.length).to.be.below(5)
      } catch (reason) {
        error = reason
      }
      expect(error).to.include({ code: 'ERR_FRAME_TRUNCATED', offset: 7 })
    }
  })
})

describe('encode with long messages', () => {
  const layouts: Record<string, FrameOptions> = {
    'a stripped header': {},
    'a kept header': { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 },
    'a trailer': { trailer: hex('ce') },
  }
  for (const [name, options] of Object.entries(layouts)) {
    it(`writes the frame that the whole message would have, with ${name}`, async () => {
      const message = text('Q....a message')
      for (const pieces of [...everyCut(message), byteByByte(message)]) {
        const long = Object.assign(pieces.values(), { length: message.length })
        const sync = concat([...encode([long], options)].map((bytes) => bytes.subarray()))
        expect(toHex(sync)).to.equal(toHex(encodeFrame(message, options)))
        const slow: AsyncLongMessagePieces = Object.assign(later(pieces), { length: message.length })
        const parts: Uint8Array[] = []
        for await (const bytes of encode(later([slow]), options)) parts.push(bytes.subarray())
        expect(toHex(concat(parts))).to.equal(toHex(encodeFrame(message, options)))
      }
    })
  }

  it('takes what decode gives', async () => {
    const parts: Uint8Array[] = []
    for await (const bytes of encode(decode(later(byteByByte(wire)), { streamAbove }))) parts.push(bytes.subarray())
    expect(toHex(concat(parts))).to.equal(toHex(wire))
  })

  const failure = (length: number, pieces: readonly string[], options?: FrameOptions): unknown[] => {
    const seen: unknown[] = []
    try {
      const long = Object.assign(pieces.map(text).values(), { length })
      for (const bytes of encode([long], options)) seen.push(toHex(bytes.subarray()))
    } catch (error) {
      seen.push(error)
    }
    return seen
  }

  it('refuses a source that gives more than it announced, behind a whole frame', () => {
    const seen = failure(3, ['ab', 'cd'])
    expect(seen.slice(0, -1).join(' ').replaceAll('  ', ' ')).to.equal('00 00 00 03 61 62 63')
    expect(seen.at(-1)).to.be.instanceOf(RangeError).with.property('message').that.includes('more than the 3 bytes')
  })

  it('refuses a source that gives less', () => {
    expect(failure(5, ['ab', 'cd']).at(-1))
      .to.be.instanceOf(RangeError)
      .with.property('message')
      .that.includes('4 bytes of the 5')
    expect(failure(1, []).at(-1)).to.be.instanceOf(RangeError)
  })

  it('law 5: refuses a length that the other side would refuse, before a byte of it is out', () => {
    const seen = failure(10, ['ab'], { maxMessageLength: 9 })
    expect(seen).to.have.lengthOf(1)
    expect(seen[0]).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 10, limit: 9 })
    expect(failure(-1, [])[0]).to.be.instanceOf(RangeError).with.property('message').that.includes('-1')
  })
})
