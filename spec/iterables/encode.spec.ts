import { expect } from 'chai'
import { pipe } from 'it-pipe'
import { Uint8ArrayList } from 'uint8arraylist'
import { decode, encode } from '../../lib/iterables.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, text, toHex } from '../support/bytes.js'

async function* later<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

describe('encode', () => {
  describe('sync', () => {
    itObeysTheLawsOfEncoders(async (messages, options) =>
      concat([...encode(messages, options)].map((frame) => frame.subarray())),
    )
  })

  describe('async', () => {
    itObeysTheLawsOfEncoders(async (messages, options) => {
      const frames: Uint8Array[] = []
      for await (const frame of encode(later(messages), options)) frames.push(frame.subarray())
      return concat(frames)
    })
  })

  describe('over lists of parts', () => {
    itObeysTheLawsOfEncoders(async (messages, options) => {
      const lists = messages.map((message) =>
        message instanceof Uint8Array ? new Uint8ArrayList(message.subarray(0, 1), message.subarray(1)) : message,
      )
      return concat([...encode(lists, options)].map((frame) => frame.subarray()))
    })
  })

  it('gives one whole frame for each message, the body by reference', () => {
    const message = hex('61 62')
    const [frame] = encode([message])
    const parts = [...frame!]
    expect(parts.map(toHex)).to.deep.equal(['00 00 00 02', '61 62'])
    expect(parts[1]).to.equal(message)
  })

  it('refuses options at once, before anything is iterated', () => {
    expect(() => encode([], { maxMessageLength: 0 })).to.throw(RangeError)
    expect(() => encode(later([]), { maxMessageLength: 0 })).to.throw(RangeError)
  })

  it('closes its source when its loop is left', () => {
    let closed = false
    function* source(): Generator<Uint8Array> {
      try {
        yield text('a')
        yield text('b')
      } finally {
        closed = true
      }
    }
    for (const frame of encode(source())) if (frame.length > 0) break
    expect(closed).to.equal(true)
  })

  it('is a part of an it-pipe pipeline, with decode behind it', async () => {
    const messages = await pipe(
      later([text('one'), text(''), text('two')]),
      (source) => encode(source),
      (source) => decode(source),
      async (source) => {
        const words: string[] = []
        for await (const message of source) words.push(Buffer.from(message.subarray()).toString())
        return words
      },
    )
    expect(messages).to.deep.equal(['one', '', 'two'])
  })
})
