import { expect } from 'chai'
import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type EncodeOptions, encodeFrame, FrameEncoder, type FrameOptions } from '../../lib/frame.js'
import type { LongMessage, LongMessageSource } from '../../lib/streams.js'
import { LengthPrefixDecoder, LengthPrefixEncoder } from '../../lib/streams.js'
import { LongMessageWriter, type PushBytes } from '../../lib/streams/long-message-writer.js'
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

/** Pieces that come when they are told to, and what became of their source. */
class Source {
  readonly length: number
  isClosed = 0
  #give: ((result: IteratorResult<Uint8Array, undefined>) => void) | undefined

  constructor(length: number) {
    this.length = length
  }

  give(piece: Uint8Array): void {
    this.#give?.({ done: false, value: piece })
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: () =>
        new Promise((resolve) => {
          this.#give = resolve
        }),
      return: () => {
        this.isClosed++
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }
}

describe('LengthPrefixEncoder, destroyed', () => {
  it('destroys the stream that it was reading, although that gives nothing', async () => {
    const source = Object.assign(new PassThrough(), { length: 100 })
    const encoder = new LengthPrefixEncoder()
    encoder.write(source)
    source.write(hex('01'))
    await once(encoder, 'readable')
    const closed = once(source, 'close')
    encoder.destroy()
    await closed
    expect(source.errored).to.equal(null)
  })

  it('closes the iterator that it was reading, although that gives nothing', async () => {
    const source = new Source(100)
    const encoder = new LengthPrefixEncoder()
    encoder.write(source)
    await aWhile()
    source.give(hex('01'))
    await once(encoder, 'readable')
    encoder.destroy()
    expect(source.isClosed).to.equal(1)
    source.give(hex('02'))
    await aWhile()
    expect(source.isClosed).to.equal(1)
  })

  it('closes the sources that wait their turn', async () => {
    const first = new Source(100)
    const waiting = [1, 2].map(() => Object.assign(new PassThrough(), { length: 1 }))
    let left = 0
    const iterator = Object.assign([hex('01')].values(), { length: 1, return: () => ({ done: true, value: left++ }) })
    const encoder = new LengthPrefixEncoder()
    encoder.on('error', () => {})
    for (const source of [first, ...waiting, iterator]) encoder.write(source, () => {})
    encoder.write(hex('61'))
    await aWhile()
    encoder.destroy(new Error('gone'))
    expect(waiting.map(({ destroyed }) => destroyed)).to.deep.equal([true, true])
    expect([first.isClosed, left]).to.deep.equal([1, 1])
  })

  it('closes a source that is written to it all the same', async () => {
    const encoder = new LengthPrefixEncoder()
    encoder.on('error', () => {})
    encoder.destroy()
    const source = Object.assign(new PassThrough(), { length: 1 })
    encoder.write(source)
    expect(source.destroyed).to.equal(true)
    const ended = new LengthPrefixEncoder().end()
    ended.on('error', () => {})
    const late = Object.assign(new PassThrough(), { length: 1 })
    ended.write(late)
    expect(late.destroyed).to.equal(true)
  })

  it('closes a source whose bytes its reader had no room for', async () => {
    const source = Object.assign(Readable.from([pattern(300_000), pattern(300_000)]), { length: 600_000 })
    const encoder = new LengthPrefixEncoder()
    encoder.write(source)
    await once(encoder, 'readable')
    const closed = once(source, 'close')
    encoder.destroy()
    await closed
  })
})

describe('LongMessageWriter', () => {
  const writing = (
    source: LongMessageSource,
    push: PushBytes = () => {},
    options?: EncodeOptions,
  ): { writer: LongMessageWriter; done: Promise<unknown> } => {
    const writer = new LongMessageWriter(new FrameEncoder(options), source, push)
    return { writer, done: writer.write().catch((error: unknown) => error) }
  }

  it('pushes the frame, one piece after the other, and says with which it ends', async () => {
    const pushed: unknown[] = []
    let working = 0
    const push: PushBytes = async (bytes, frames) => {
      expect(working++).to.equal(0)
      await aWhile()
      working--
      pushed.push([toHex(bytes), frames])
    }
    const source = Object.assign([hex('61'), hex(''), hex('62 63')].values(), { length: 3 })
    await writing(source, push, { trailer: hex('ce') }).done
    expect(pushed).to.deep.equal([
      ['00 00 00 03', 0],
      ['61', 0],
      ['62 63', 0],
      ['ce', 1],
    ])
  })

  it('refuses what is too long before it asks for a piece, and closes the source', () => {
    for (const [length, refusal] of [
      [11, 'length is 11, limit is 10'],
      [-1, 'got -1'],
    ] as const) {
      const source = Object.assign(new PassThrough(), { length })
      const push = (): void => expect.fail('nothing is out')
      const encoder = new FrameEncoder({ maxMessageLength: 10 })
      expect(() => new LongMessageWriter(encoder, source, push)).to.throw(refusal)
      expect(source.destroyed).to.equal(true)
    }
  })

  it('closes the source when its pieces are too many, but not when they have ended or failed by themselves', async () => {
    const cases: readonly (readonly [length: number, isFaulty: boolean, error: string | undefined, closed: number])[] =
      [
        [2, false, undefined, 0],
        [1, false, 'more than the 1 bytes', 1],
        [3, false, '2 bytes of the 3', 0],
        [3, true, 'disk on fire', 0],
      ]
    for (const [length, isFaulty, error, closed] of cases) {
      let count = 0
      const pieces = [hex('61'), hex('62')].values()
      const source = {
        length,
        [Symbol.iterator]: () => ({
          next: () => {
            const next = pieces.next()
            if (isFaulty && next.done === true) throw new Error('disk on fire')
            return next
          },
          return: () => {
            count++
            return { done: true as const, value: undefined }
          },
        }),
      }
      const reason = (await writing(source as LongMessageSource).done) as Error | undefined
      if (error === undefined) expect(reason).to.equal(undefined)
      else expect(reason?.message).to.include(error)
      expect(count).to.equal(closed)
    }
  })

  it('stops at once, with the reason, whatever it waits for', async () => {
    const source = new Source(100)
    const silent = writing(source)
    silent.writer.stop(new Error('gone'))
    expect(await silent.done).to.have.property('message', 'gone')
    expect(source.isClosed).to.equal(1)

    const full = new Source(100)
    const { writer, done } = writing(full, () => new Promise(() => {}))
    await aWhile()
    full.give(hex('61'))
    await aWhile()
    writer.stop(new Error('gone'))
    expect(await done).to.have.property('message', 'gone')
    expect(full.isClosed).to.equal(1)
  })

  it('closes the source that it has not begun with', async () => {
    const source = Object.assign(new PassThrough(), { length: 1 })
    const writer = new LongMessageWriter(new FrameEncoder(), source, () => expect.fail('nothing is out'))
    writer.stop(new Error('gone'))
    expect(source.destroyed).to.equal(true)
  })
})

function aWhile(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
