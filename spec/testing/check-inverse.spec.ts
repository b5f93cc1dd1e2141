import { expect } from 'chai'
import { encodeFrame } from '../../lib/frame.js'
import { decode, encode } from '../../lib/iterables.js'
import { LengthPrefixDecoder, LengthPrefixEncoder } from '../../lib/streams.js'
import { checkInverse, type Encoder } from '../../lib/testing.js'
import { LengthPrefixDecoderStream, LengthPrefixEncoderStream } from '../../lib/web.js'
import { layouts } from '../contract/layouts.js'
import { hex } from '../support/bytes.js'
import { brokenDecoders, frameOf, right } from './broken-decoders.js'
import { lawOf, linesOf } from './broken-law.js'

const encoder: Encoder = (messages) => messages.map(frameOf)
const options = { maxMessageLength: 100, runs: 40, seed: 7 }

describe('checkInverse', () => {
  for (const [name, { decoder, inverse, timeoutMs }] of Object.entries(brokenDecoders)) {
    it(`finds ${inverse === undefined ? 'nothing' : `law ${inverse} broken`} in a decoder that ${name}`, async () => {
      expect(await lawOf(checkInverse(encoder, decoder, { ...options, timeoutMs }))).to.equal(inverse)
    })
  }

  it('finds nothing in ours, in any form', async () => {
    await checkInverse(encode, decode, { runs: 20 })
    await checkInverse(
      () => new LengthPrefixEncoder(),
      () => new LengthPrefixDecoder(),
      { runs: 10 },
    )
    await checkInverse(
      () => new LengthPrefixEncoderStream(),
      () => new LengthPrefixDecoderStream(),
      { runs: 10 },
    )
  })

  it('finds nothing in ours, with any layout', async () => {
    for (const { options, frames } of layouts) {
      const messages = frames.map(([message]) => hex(message))
      const given: Encoder = (messages) => messages.map((message) => encodeFrame(message, options))
      await checkInverse(given, (chunks) => decode(chunks, options), { messages, runs: 10 })
    }
  })

  it('tells the fewest messages that break it, and the seed', async () => {
    const forgetful: Encoder = (messages) =>
      messages.map((message) => frameOf(message.length === 4 ? hex('00') : message))
    const lines = await linesOf(
      checkInverse(forgetful, right, { ...options, messages: ['a', 'four', 'b'].map((text) => Buffer.from(text)) }),
    )
    expect(lines).to.deep.equal([
      'Law 6 is broken: decoding is the inverse of encoding',
      '  input     3 bytes, whole',
      '  chunks    00 01 00',
      '  seed      7',
      '  expected  "four", end',
      '  got       00, end',
    ])
  })

  it('tells the error of an encoder that refuses a message', async () => {
    const lines = await linesOf(
      checkInverse(() => new LengthPrefixEncoder({ maxMessageLength: 10 }), decode, { seed: 1 }),
    )
    expect(lines[0]).to.include('Law 6')
    expect(lines.at(-1)).to.include('ERR_MESSAGE_TOO_LARGE')
  })

  it('makes up messages around the lengths at which length fields change', async () => {
    const lengths = new Set<number>()
    const spy: Encoder = (messages) => {
      for (const { length } of messages) lengths.add(length)
      return messages.map((message) => encodeFrame(message))
    }
    await checkInverse(spy, decode, { seed: 1 })
    expect([...lengths]).to.include.members([0, 1, 127, 128, 255, 256, 65_535, 65_536])
  })

  it('takes messages that are no bytes', async () => {
    const json: Encoder<object> = (messages) => messages.map((message) => frameOf(Buffer.from(JSON.stringify(message))))
    const messages = [{ a: 1 }, { b: 'two' }]
    await checkInverse(
      json,
      (chunks) => Array.from(right(chunks), (message) => JSON.parse(String(message)) as object),
      { messages },
    )
  })
})
