import { expect } from 'chai'
import { once } from 'node:events'
import { addAbortSignal, duplexPair, PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runInNewContext } from 'node:vm'
import { type DecodeOptions, encodeFrame, type FrameOptions } from '../../lib/frame.js'
import { type DecoderIteratorOptions, LengthPrefixDecoder, type LongMessage } from '../../lib/streams.js'
import { type Decoded, itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { concat, hex, pattern, text, toHex } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { Pauses } from '../support/pauses.js'

// How the decoder is read, and how what came out is collected.
type Read = (decoder: LengthPrefixDecoder, messages: Uint8Array[]) => Promise<void>

// Gives a slow reader's place to everything that is due.
const aWhile = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function decodeWith(read: Read, chunks: readonly Uint8Array[], options: FrameOptions): Promise<Decoded> {
  const decoder = new LengthPrefixDecoder(options)
  // An error comes before a reader does.
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

  it('holds its writer back while it is not read', async () => {
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

  describe('destroyed by its reader, gives nothing more', () => {
    const loops: Record<string, (decoder: LengthPrefixDecoder) => AsyncIterable<unknown>> = {
      'for await': (decoder) => decoder,
      'for await over batches': (decoder) => splitInto(decoder.batches()),
      'for await with destroyOnReturn: false': (decoder) => decoder.iterator({ destroyOnReturn: false }),
    }
    const ways: Record<string, (decoder: LengthPrefixDecoder) => unknown> = {
      'destroy()': (decoder) => decoder.destroy(),
      'destroy(error)': (decoder) => decoder.destroy(new Error('enough')),
      'a signal': (decoder) => addAbortSignal(AbortSignal.abort(), decoder),
      'a signal with a reason': (decoder) => addAbortSignal(AbortSignal.abort(new Error('enough')), decoder),
    }
    for (const [loop, read] of Object.entries(loops)) {
      for (const [way, destroy] of Object.entries(ways)) {
        it(`in ${loop}, by ${way}`, async () => {
          for (const isPiped of [false, true]) {
            const decoder = new LengthPrefixDecoder()
            if (isPiped) new PassThrough().on('error', () => {}).pipe(decoder)
            decoder.on('error', () => {})
            // Every message is a batch of its own.
            for (const word of ['one', 'two', 'three'])
              decoder.write(concat([encodeFrame(text(word)), hex('00')]).subarray(0, -1))
            const seen: string[] = []
            const error = await reasonOf(async () => {
              for await (const message of read(decoder)) {
                seen.push(String(message))
                destroy(decoder)
              }
            })
            expect(seen).to.deep.equal(['one'])
            expect(error).to.be.instanceOf(Error)
          }
        })
      }
    }

    it("in a loop at the end of a pipeline, by the pipeline's signal", async () => {
      const controller = new AbortController()
      const seen: string[] = []
      const source = new PassThrough()
      source.write(three)
      const error = await reasonOf(() =>
        pipeline(
          source,
          new LengthPrefixDecoder(),
          async (messages) => {
            for await (const message of messages) {
              seen.push(String(message))
              controller.abort()
            }
          },
          { signal: controller.signal },
        ),
      )
      expect(error).to.have.property('name', 'AbortError')
      expect(seen).to.deep.equal(['one'])
    })

    it('in toArray, by its signal', async () => {
      const controller = new AbortController()
      const decoder = new LengthPrefixDecoder()
      decoder.write(three)
      const reading = reasonOf(() => decoder.toArray({ signal: controller.signal }))
      controller.abort()
      expect(await reading).to.have.property('name', 'AbortError')
    })

    it("in a 'data' listener", async () => {
      const decoder = new LengthPrefixDecoder()
      const seen: string[] = []
      decoder.on('data', (message: Buffer) => {
        seen.push(String(message))
        decoder.destroy(new Error('enough'))
      })
      decoder.write(three)
      await once(decoder, 'error')
      expect(seen).to.deep.equal(['one'])
    })

    it('in a loop that begins when it is destroyed already', async () => {
      const decoder = new LengthPrefixDecoder()
      decoder.write(three)
      decoder.destroy()
      const seen: unknown[] = []
      const error = await reasonOf(async () => {
        for await (const message of decoder) seen.push(message)
      })
      expect(seen).to.deep.equal([])
      expect(error).to.include({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    })
  })

  describe('law 4: given by a source that fails, gives a slow reader every message that came before', () => {
    const words = Array.from({ length: 300 }, (_, i) => `message ${i} ${'.'.repeat(2000)}`)
    const chunks = words.map((word) => encodeFrame(text(word)))
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* chunks
      throw new Error('reset')
    }
    const socket = (): Readable => {
      const source = new Readable({ read: () => {} })
      for (const chunk of chunks) source.push(chunk)
      return source
    }
    const sources: Record<string, (decoder: LengthPrefixDecoder) => unknown> = {
      'an async generator in a pipeline': (decoder) => pipeline(failing, decoder).catch(() => {}),
      'a Readable in a pipeline': (decoder) => pipeline(Readable.from(failing()), decoder).catch(() => {}),
      'a Readable, whose error is handed on': (decoder) => {
        const source = Readable.from(failing())
        source.on('error', (error) => decoder.destroy(error))
        source.pipe(decoder)
      },
    }
    for (const [name, connect] of Object.entries(sources)) {
      it(name, async () => {
        const decoder = new LengthPrefixDecoder()
        connect(decoder)
        const seen: string[] = []
        const error = await reasonOf(async () => {
          for await (const message of decoder) {
            if (seen.length % 50 === 0) await aWhile()
            seen.push(String(message))
          }
        })
        expect(error).to.have.property('message', 'reset')
        expect(seen).to.deep.equal(words)
      })
    }

    it('a socket that is destroyed while much waits in the decoder', async () => {
      const source = socket()
      const decoder = new LengthPrefixDecoder()
      const piped = pipeline(source, decoder).catch((error: unknown) => error)
      await once(source, 'pause')
      const seen: string[] = []
      const error = await reasonOf(async () => {
        for await (const batch of decoder.batches()) {
          if (seen.length === 0) {
            source.destroy(new Error('reset'))
            await piped
          }
          seen.push(...batch.map(String))
        }
      })
      expect(error).to.have.property('message', 'reset')
      // All that the decoder had taken from it: more than its parser takes at a time.
      expect(seen.length * 2000).to.be.above(100_000)
      expect(seen).to.deep.equal(words.slice(0, seen.length))
    })
  })

  it('takes bytes of another realm, by write and by end, before anything is read and after', async () => {
    const foreign = (list: string): Uint8Array => runInNewContext(`new Uint8Array(${list})`) as Uint8Array
    for (const read of [byLoop, byData]) {
      const decoder = new LengthPrefixDecoder()
      decoder.write(foreign('[0, 0, 0, 1, 97, 0]'))
      const reading = read(decoder)
      decoder.write(foreign('[0, 0, 1, 98, 0, 0]'))
      decoder.end(foreign('[0, 1, 99]'))
      expect(await reading).to.deep.equal(['a', 'b', 'c'])
    }
  })

  it('refuses what is not bytes as every stream does', () => {
    for (const chunk of [undefined, 5, {}, new ArrayBuffer(1)])
      expect(() => new LengthPrefixDecoder().write(chunk)).to.throw(TypeError, 'chunk')
  })

  it('refuses an encoding: all messages are Buffers, whatever state it is in', async () => {
    const decoder = new LengthPrefixDecoder()
    const seen: unknown[] = []
    decoder.on('data', (message) => seen.push(message))
    decoder.pause()
    decoder.write(three)
    expect(() => (decoder as Readable).setEncoding('utf8')).to.throw(TypeError, 'Cannot set an encoding')
    decoder.resume()
    decoder.end(encodeFrame(text('four')))
    await once(decoder, 'end')
    expect(seen.every((message) => Buffer.isBuffer(message))).to.equal(true)
    expect(seen.map(String)).to.deep.equal(['one', 'two', 'three', 'four'])
  })

  describe('in a flood', () => {
    const clock = new Clock()

    for (const messagesAChunk of [1, 50, 5000]) {
      it(`lets timers run while a loop reads it, ${messagesAChunk} messages in a chunk`, async () => {
        const chunk = concat(Array.from({ length: messagesAChunk }, () => encodeFrame(pattern(1000))))
        const source = Readable.from(Array.from({ length: 10_000 / messagesAChunk }, () => chunk))
        const pauses = new Pauses()
        for await (const message of source.pipe(new LengthPrefixDecoder())) clock.block(message.length / 100_000)
        // At most 10 ms and the messages between two looks at the clock, of 0.01 ms each.
        expect(pauses.stop()).to.be.at.least(7)
      })
    }

    it('lets timers run while a loop reads it in batches', async () => {
      const decoder = new LengthPrefixDecoder()
      decoder.end(concat(Array.from({ length: 12_800 }, () => hex('00 00 00 01 61'))))
      const pauses = new Pauses()
      for await (const batch of decoder.batches()) clock.block(batch.length / 128)
      expect(pauses.stop()).to.be.at.least(2)
    })
  })

  it('refuses options of a loop that it does not have', () => {
    const decoder = new LengthPrefixDecoder()
    const misspelt = { destroyOnRetrun: false } as DecoderIteratorOptions
    expect(() => decoder.iterator(misspelt)).to.throw(TypeError, 'did you mean destroyOnReturn?')
    expect(() => decoder.batches(misspelt)).to.throw(TypeError, 'did you mean destroyOnReturn?')
    const wrong = { destroyOnReturn: 0 } as unknown as DecoderIteratorOptions
    expect(() => decoder.iterator(wrong)).to.throw(TypeError, 'expected a boolean')
    expect(decoder.destroyed).to.equal(false)
  })

  it('has the type of messages that its options make', () => {
    const options: DecodeOptions = { streamAbove: 5 }
    const framing: FrameOptions = {}
    const whole = new LengthPrefixDecoder()
    const explicit = new LengthPrefixDecoder<Buffer | LongMessage>({ streamAbove: 5 })
    const streaming = new LengthPrefixDecoder({ streamAbove: 5 })
    const perhaps = new LengthPrefixDecoder(options)
    const plainer = new LengthPrefixDecoder({ copy: true })
    const plain = new LengthPrefixDecoder(framing)
    const is: [
      Is<typeof whole, LengthPrefixDecoder>,
      Is<typeof plain, LengthPrefixDecoder>,
      Is<typeof plainer, LengthPrefixDecoder>,
      Is<typeof explicit, LengthPrefixDecoder<Buffer | LongMessage>>,
      Is<typeof streaming, LengthPrefixDecoder<Buffer | LongMessage>>,
      Is<typeof perhaps, LengthPrefixDecoder<Buffer | LongMessage>>,
      Is<ItemOf<typeof whole>, Buffer>,
      Is<ItemOf<typeof streaming>, Buffer | LongMessage>,
      Is<ItemOf<ReturnType<typeof streaming.batches>>, (Buffer | LongMessage)[]>,
    ] = [true, true, true, true, true, true, true, true, true]
    expect(is).not.to.include(false)
    for (const decoder of [whole, plain, plainer, explicit, streaming, perhaps]) decoder.destroy()
  })
})

type Is<One, Other> = [One, Other] extends [Other, One] ? true : false
type ItemOf<Source> = Source extends AsyncIterable<infer Item> ? Item : never

async function* splitInto<T>(batches: AsyncIterable<T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch
}

async function byLoop(decoder: LengthPrefixDecoder): Promise<string[]> {
  const seen: string[] = []
  for await (const message of decoder) seen.push(String(message))
  return seen
}

async function byData(decoder: LengthPrefixDecoder): Promise<string[]> {
  const seen: string[] = []
  decoder.on('data', (message: Buffer) => seen.push(String(message)))
  await once(decoder, 'end')
  return seen
}

async function reasonOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    return error
  }
}
