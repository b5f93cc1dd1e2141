import { expect } from 'chai'
import { Uint8ArrayList } from 'uint8arraylist'
import { encodeFrame, type FrameOptions } from '../../lib/frame.js'
import { decode } from '../../lib/iterables.js'
import { type Decoded, itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { concat, hex, pattern, text } from '../support/bytes.js'
import { byteByByte, everyCut } from '../support/cut.js'
import { Clock } from '../support/clock.js'
import { Pauses } from '../support/pauses.js'

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

function decodeSync(chunks: Iterable<Uint8Array | Uint8ArrayList>, options: FrameOptions): Decoded {
  const messages: Uint8Array[] = []
  try {
    for (const message of decode(chunks, options)) messages.push(message.subarray())
    return { messages }
  } catch (error) {
    return { messages, error }
  }
}

describe('decode', () => {
  describe('sync', () => {
    itObeysTheLawsOfDecoders(async (chunks, options) => decodeSync(chunks, options))
  })

  describe('async', () => {
    itObeysTheLawsOfDecoders(async (chunks, options) => {
      const messages: Uint8Array[] = []
      try {
        for await (const message of decode(later(chunks), options)) messages.push(message.subarray())
        return { messages }
      } catch (error) {
        return { messages, error }
      }
    })
  })

  describe('over lists of parts', () => {
    itObeysTheLawsOfDecoders(async (chunks, options) => decodeSync([new Uint8ArrayList(...chunks)], options))
  })

  it('gives lists', () => {
    const [message] = decode([hex('00 00 00 01 61')])
    expect(message).to.be.instanceOf(Uint8ArrayList)
    expect(message).to.have.lengthOf(1)
  })

  describe('in a flood', () => {
    const clock = new Clock()

    for (const messagesAChunk of [1, 50, 5000]) {
      it(`lets timers run while a loop reads it, ${messagesAChunk} messages in a chunk`, async () => {
        const chunk = concat(Array.from({ length: messagesAChunk }, () => encodeFrame(pattern(1000))))
        const chunks = later(Array.from({ length: 10_000 / messagesAChunk }, () => chunk))
        const pauses = new Pauses()
        for await (const message of decode(chunks)) clock.block(message.length / 100_000)
        // At most 10 ms and the messages between two looks at the clock, of 0.01 ms each.
        expect(pauses.stop()).to.be.at.least(7)
      })
    }
  })

  it('refuses options at once, before anything is iterated', () => {
    expect(() => decode([], { maxMessageLength: 0 })).to.throw(RangeError)
    expect(() => decode(later([]), { maxMessageLength: 0 })).to.throw(RangeError)
  })
})

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
