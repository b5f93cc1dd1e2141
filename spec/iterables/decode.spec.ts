import { expect } from 'chai'
import { Uint8ArrayList } from 'uint8arraylist'
import type { FrameOptions } from '../../lib/frame.js'
import { decode } from '../../lib/iterables.js'
import { type Decoded, itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { hex } from '../support/bytes.js'

async function* later<T>(items: readonly T[]): AsyncGenerator<T> {
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

  it('refuses options at once, before anything is iterated', () => {
    expect(() => decode([], { maxMessageLength: 0 })).to.throw(RangeError)
    expect(() => decode(later([]), { maxMessageLength: 0 })).to.throw(RangeError)
  })
})
