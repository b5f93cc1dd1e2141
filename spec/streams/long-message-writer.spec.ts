import { expect } from 'chai'
import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { encodeFrame, type FrameOptions } from '../../lib/frame.js'
import type { LongMessage } from '../../lib/streams.js'
import { LengthPrefixDecoder, LengthPrefixEncoder } from '../../lib/streams.js'
import { concat, hex, pattern, text, toHex } from '../support/bytes.js'
import { byteByByte } from '../support/cut.js'

async function bytesOf(encoder: LengthPrefixEncoder): Promise<Uint8Array> {
  return concat((await encoder.toArray()) as Buffer[])
}

describe('LengthPrefixEncoder, given a message in pieces', () => {
  const layouts: Record<string, FrameOptions> = {
    'a stripped header': {},
    'a kept header': { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 },
    'a trailer': { trailer: hex('ce') },
  }
  for (const [name, options] of Object.entries(layouts)) {
    it(`writes the frame that the whole message would have, between others, with ${name}`, async () => {
      const [small, long] = [text('Q....small'), text('Q....a long one')]
      const encoder = new LengthPrefixEncoder(options)
      encoder.write(small)
      encoder.write(Object.assign(Readable.from(byteByByte(long)), { length: long.length }))
      encoder.end(small)
      const frames = [small, long, small].map((message) => encodeFrame(message, options))
      expect(toHex(await bytesOf(encoder))).to.equal(toHex(concat(frames)))
    })
  }

  it('takes what a decoder gives, through a pipe', async () => {
    const wire = concat([text('one'), pattern(100_000), text('two')].map((message) => encodeFrame(message)))
    const received: Uint8Array[] = []
    await pipeline(
      Readable.from([wire.subarray(0, 50_000), wire.subarray(50_000)]),
      new LengthPrefixDecoder<Buffer | LongMessage>({ streamAbove: 10 }),
      new LengthPrefixEncoder(),
      new Writable({
        write: (bytes: Uint8Array, _encoding, callback) => {
          received.push(bytes)
          setImmediate(callback)
        },
      }),
    )
    expect(Buffer.compare(concat(received), wire)).to.equal(0)
  })

  it('takes no more pieces than its reader has room for', async () => {
    let given = 0
    const pieces = function* (): Generator<Uint8Array> {
      for (; given < 1000; given++) yield new Uint8Array(10_000)
    }
    const encoder = new LengthPrefixEncoder({ maxMessageLength: Infinity })
    encoder.write(Object.assign(pieces(), { length: 10_000_000 }))
    await once(encoder, 'readable')
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(given).to.be.below(50)
    encoder.end()
    expect((await bytesOf(encoder)).length).to.equal(10_000_004)
  })

  for (const [name, length] of Object.entries({ more: 5, fewer: 7 })) {
    it(`ends with an error when the pieces are ${name} bytes than it said`, async () => {
      const encoder = new LengthPrefixEncoder()
      encoder.write(Object.assign([text('abc'), text('def')].values(), { length }))
      encoder.resume()
      const [error] = (await once(encoder, 'error')) as [Error]
      expect(error).to.be.instanceOf(RangeError)
      expect(error.message).to.include(String(length))
    })
  }

  it('ends with the error of its source', async () => {
    const source = new Readable({
      read() {
        this.destroy(new Error('disk on fire'))
      },
    })
    const encoder = new LengthPrefixEncoder()
    encoder.write(Object.assign(source, { length: 10 }))
    const [error] = (await once(encoder, 'error')) as [Error]
    expect(error.message).to.equal('disk on fire')
  })

  it('lets go of its source when it is destroyed', async () => {
    const source = Object.assign(Readable.from([pattern(300_000), pattern(300_000)]), { length: 600_000 })
    const encoder = new LengthPrefixEncoder()
    encoder.write(source)
    await once(encoder, 'readable')
    const closed = new Promise((resolve) => source.once('close', resolve))
    // Node tells a Readable whose loop is left that it was aborted.
    source.on('error', () => {})
    encoder.destroy()
    await closed
  })
})
