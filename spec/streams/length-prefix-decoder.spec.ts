import { expect } from 'chai'
import { once } from 'node:events'
import { duplexPair, PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { encodeFrame, type FrameOptions } from '../../lib/frame.js'
import { LengthPrefixDecoder } from '../../lib/streams.js'
import { type Decoded, itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { concat, hex, pattern, text, toHex } from '../support/bytes.js'

// How the decoder is read, and how what came out is collected.
type Read = (decoder: LengthPrefixDecoder, messages: Uint8Array[]) => Promise<void>

// Gives a slow reader's place to everything that is due.
const aWhile = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function decodeWith(read: Read, chunks: readonly Uint8Array[], options: FrameOptions): Promise<Decoded> {
  const decoder = new LengthPrefixDecoder(options)
  // Somebody has to listen while nobody reads yet.
  decoder.on('error', () => {})
  const messages: Uint8Array[] = []
  const reading = read(decoder, messages)
  for (const chunk of chunks) decoder.write(chunk)
  decoder.end()
  try {
    await reading
    return { messages }
  } catch (error) {
    return { messages, error }
  }
}

const next = (decoder: LengthPrefixDecoder): Uint8Array | null => decoder.read() as Uint8Array | null

const ended = async (decoder: LengthPrefixDecoder): Promise<void> => {
  await once(decoder, 'end')
}

const forms: Record<string, Read> = {
  "by 'data'": async (decoder, messages) => {
    decoder.on('data', (message: Uint8Array) => messages.push(message))
    await ended(decoder)
  },
  "by 'readable' and read()": async (decoder, messages) => {
    decoder.on('readable', () => {
      for (let message = next(decoder); message !== null; message = next(decoder)) messages.push(message)
    })
    await ended(decoder)
  },
  'by for await': async (decoder, messages) => {
    for await (const message of decoder) messages.push(message)
  },
  'by a slow for await': async (decoder, messages) => {
    for await (const message of decoder) {
      await aWhile()
      messages.push(message)
    }
  },
  'by for await over batches': async (decoder, messages) => {
    for await (const batch of decoder.batches()) {
      await aWhile()
      messages.push(...batch)
    }
  },
  'by for await, begun when all is written': async (decoder, messages) => {
    await aWhile()
    for await (const message of decoder) messages.push(message)
  },
  'by pipe to a slow Writable': async (decoder, messages) => {
    const sink = new Writable({
      objectMode: true,
      // What a Writable has buffered goes down with its pipeline: this one takes a message at a time.
      highWaterMark: 1,
      write: (message: Uint8Array, _encoding, callback) => {
        messages.push(message)
        setImmediate(callback)
      },
    })
    await pipeline(decoder, sink)
  },
  'by pause() at every message': async (decoder, messages) => {
    decoder.on('data', (message: Uint8Array) => {
      messages.push(message)
      decoder.pause()
      setImmediate(() => decoder.resume())
    })
    await ended(decoder)
  },
}

describe('LengthPrefixDecoder', () => {
  for (const [name, read] of Object.entries(forms)) {
    describe(`read ${name}`, () => {
      itObeysTheLawsOfDecoders((chunks, options) => decodeWith(read, chunks, options))
    })
  }

  const three = concat(['one', 'two', 'three'].map((word) => encodeFrame(text(word))))

  it('law 2: keeps messages apart inside pipeline', async () => {
    const seen: string[] = []
    await pipeline(
      Readable.from([three.subarray(0, 9), three.subarray(9)]),
      new LengthPrefixDecoder(),
      async (source) => {
        for await (const message of source) seen.push(String(message))
      },
    )
    expect(seen).to.deep.equal(['one', 'two', 'three'])
  })

  it('law 4: gives a slow for await every message that came before its socket failed', async () => {
    const [local, remote] = duplexPair()
    const decoder = new LengthPrefixDecoder()
    const piped = pipeline(local, decoder).catch((error: unknown) => error)
    remote.write(three)
    const seen: string[] = []
    try {
      for await (const message of decoder) {
        if (seen.length === 0) local.destroy(new Error('reset'))
        await piped
        seen.push(String(message))
      }
      expect.fail('the error was lost')
    } catch (error) {
      expect((error as Error).message).to.equal('reset')
    }
    expect(seen).to.deep.equal(['one', 'two', 'three'])
  })

  it('parses no further than its reader takes messages', async () => {
    const decoder = new LengthPrefixDecoder()
    decoder.write(new Uint8Array(65_536))
    await aWhile()
    expect(decoder.readableLength).to.be.at.most(16)
    let count = 0
    decoder.on('data', () => count++)
    decoder.end()
    await once(decoder, 'end')
    expect(count).to.equal(16_384)
  })

  it('holds its writer back while nobody reads', async () => {
    const decoder = new LengthPrefixDecoder()
    const frame = encodeFrame(pattern(60_000))
    let count = 0
    do count++
    while (decoder.write(frame) && count < 1000)
    await aWhile()
    expect(count).to.be.below(30)
    expect(decoder.writableNeedDrain).to.equal(true)
    let received = 0
    decoder.on('data', () => received++)
    await once(decoder, 'drain')
    decoder.end()
    await once(decoder, 'end')
    expect(received).to.equal(count)
  })

  it('stops when it is destroyed by a listener', async () => {
    const decoder = new LengthPrefixDecoder()
    const seen: string[] = []
    decoder.on('data', (message) => {
      seen.push(String(message))
      decoder.destroy()
    })
    decoder.write(three)
    await once(decoder, 'close')
    expect(seen).to.deep.equal(['one'])
  })

  it('is destroyed by leaving a loop', async () => {
    const decoder = new LengthPrefixDecoder()
    decoder.write(three)
    for await (const message of decoder) {
      expect(String(message)).to.equal('one')
      break
    }
    expect(decoder.destroyed).to.equal(true)
  })

  it('goes on after a loop that was left with destroyOnReturn: false, in any form', async () => {
    const decoder = new LengthPrefixDecoder()
    decoder.write(three)
    decoder.end(encodeFrame(text('four')))
    const seen: string[] = []
    for await (const message of decoder.iterator({ destroyOnReturn: false })) {
      seen.push(String(message))
      break
    }
    for await (const batch of decoder.batches({ destroyOnReturn: false })) {
      seen.push(...batch.map(String))
      break
    }
    decoder.on('data', (message) => seen.push(String(message)))
    await once(decoder, 'end')
    expect(seen).to.deep.equal(['one', 'two', 'three', 'four'])
  })

  it('answers calls of next() in order', async () => {
    const decoder = new LengthPrefixDecoder()
    const iterator = decoder.iterator()
    const answers = Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next(), iterator.next()])
    decoder.write(three.subarray(0, 10))
    await aWhile()
    decoder.end(three.subarray(10))
    expect((await answers).map(({ value }) => (value === undefined ? undefined : String(value)))).to.deep.equal([
      'one',
      'two',
      'three',
      undefined,
      undefined,
    ])
  })

  it('tells its error to the first that waits, and an end to the others', async () => {
    const decoder = new LengthPrefixDecoder()
    const iterator = decoder.iterator()
    const answers = Promise.allSettled([iterator.next(), iterator.next()])
    decoder.end(hex('00 00'))
    const [first, second] = await answers
    expect(first).to.have.nested.property('reason.code', 'ERR_FRAME_TRUNCATED')
    expect(second).to.have.deep.property('value', { value: undefined, done: true })
    expect(await iterator.next()).to.deep.equal({ value: undefined, done: true })
  })

  it('answers a pending next() when its loop is left, and stays left', async () => {
    const decoder = new LengthPrefixDecoder()
    const iterator = decoder.iterator()
    const pending = iterator.next()
    expect(await iterator.return()).to.deep.equal({ value: undefined, done: true })
    expect(await pending).to.deep.equal({ value: undefined, done: true })
    expect(await iterator.return()).to.deep.equal({ value: undefined, done: true })
    expect(await iterator.next()).to.deep.equal({ value: undefined, done: true })
  })

  it('rejects when it is destroyed while a loop waits', async () => {
    const decoder = new LengthPrefixDecoder()
    const pending = decoder.iterator().next()
    decoder.destroy()
    const error: unknown = await pending.catch((reason: unknown) => reason)
    expect(error).to.include({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
  })

  it('has one reader at a time', () => {
    const decoder = new LengthPrefixDecoder()
    decoder.iterator()
    expect(() => decoder.batches()).to.throw(TypeError, 'another loop')
    decoder.destroy()
  })

  it('works with the methods that a Readable has', async () => {
    const decoder = new LengthPrefixDecoder()
    decoder.end(three)
    expect((await decoder.toArray()).map(String)).to.deep.equal(['one', 'two', 'three'])
  })

  it('ends what it is piped to', async () => {
    const sink = new PassThrough({ objectMode: true })
    new LengthPrefixDecoder().end(three).pipe(sink)
    expect((await sink.toArray()).map((message) => toHex(message as Uint8Array))).to.deep.equal(
      ['one', 'two', 'three'].map((word) => toHex(text(word))),
    )
  })
})
