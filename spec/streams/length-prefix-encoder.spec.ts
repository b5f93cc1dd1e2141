import { expect } from 'chai'
import fc from 'fast-check'
import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runInNewContext } from 'node:vm'
import { decodeFrames, type EncodeOptions, uint8 } from '../../lib/frame.js'
import { LengthPrefixEncoder } from '../../lib/streams.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, pattern, toHex } from '../support/bytes.js'
import { check } from '../support/property.js'

async function written(messages: readonly Uint8Array[], encoder: LengthPrefixEncoder): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  encoder.on('data', (bytes: Uint8Array) => pieces.push(bytes))
  const ended = once(encoder, 'end')
  for (const message of messages) encoder.write(message)
  encoder.end()
  await ended
  return pieces
}

describe('LengthPrefixEncoder', () => {
  for (const copyLimit of [undefined, 0, 2048]) {
    describe(`written to, with copyLimit ${copyLimit}`, () => {
      itObeysTheLawsOfEncoders(async (messages, options) =>
        concat(await written(messages, new LengthPrefixEncoder({ ...options, copyLimit }))),
      )
    })
  }

  describe('in a pipeline', () => {
    itObeysTheLawsOfEncoders(async (messages, options: EncodeOptions) => {
      const pieces: Uint8Array[] = []
      const sink = new Writable({
        write: (bytes: Uint8Array, _encoding, callback) => {
          pieces.push(bytes)
          setImmediate(callback)
        },
      })
      await pipeline(messages, new LengthPrefixEncoder(options), sink)
      return concat(pieces)
    })
  })

  it('lets the messages of one tick leave together, at the end of it', async () => {
    const encoder = new LengthPrefixEncoder()
    for (const byte of [0x61, 0x62, 0x63]) encoder.write(Uint8Array.of(byte))
    const [bytes] = (await once(encoder, 'data')) as [Uint8Array]
    expect(toHex(bytes)).to.equal('00 00 00 01 61 00 00 00 01 62 00 00 00 01 63')
  })

  it('lets them out at once when it is told to', () => {
    const encoder = new LengthPrefixEncoder()
    encoder.write(hex('61'))
    expect(encoder.read()).to.equal(null)
    encoder.flush()
    expect(toHex(encoder.read() as Uint8Array)).to.equal('00 00 00 01 61')
  })

  it('holds the writer back while it is not read, and loses nothing', async () => {
    const encoder = new LengthPrefixEncoder()
    const message = pattern(10_000)
    let count = 0
    for (let i = 0; i < 1000; i++) {
      count++
      if (!encoder.write(message)) break
    }
    expect(count).to.be.within(20, 60)
    const pieces: Uint8Array[] = []
    encoder.on('data', (bytes: Uint8Array) => pieces.push(bytes))
    await once(encoder, 'drain')
    encoder.end()
    await once(encoder, 'end')
    expect(decodeFrames(concat(pieces))).to.have.lengthOf(count)
  })

  it('takes messages again when the reader has made room', async () => {
    const encoder = new LengthPrefixEncoder()
    const sink = new PassThrough()
    encoder.pipe(sink)
    const received: Uint8Array[] = []
    sink.on('data', (bytes: Uint8Array) => received.push(bytes))
    for (let i = 0; i < 300; i++) if (!encoder.write(pattern(8000))) await once(encoder, 'drain')
    encoder.end()
    await once(sink, 'end')
    expect(decodeFrames(concat(received))).to.have.lengthOf(300)
  })

  it('keeps its order, whichever way a message goes in', async () => {
    const ways: Record<string, (encoder: LengthPrefixEncoder, message: Uint8Array) => void> = {
      alone: (encoder, message) => encoder.write(message),
      'with a callback': (encoder, message) => encoder.write(message, () => {}),
      'with an encoding': (encoder, message) => encoder.write(message, 'utf8'),
      'in pieces': (encoder, message) =>
        encoder.write(Object.assign(Readable.from([message]), { length: message.length })),
      corked: (encoder, message) => {
        encoder.cork()
        encoder.write(message)
        encoder.uncork()
      },
      'corked until the next tick': (encoder, message) => {
        encoder.cork()
        encoder.write(message)
        process.nextTick(() => encoder.uncork())
      },
    }
    const way = fc.constantFrom(...Object.keys(ways))
    await check(fc.array(fc.tuple(way, fc.constantFrom(3, 3000, 100_000))), async (steps) => {
      const encoder = new LengthPrefixEncoder()
      const sink = encoder.pipe(new PassThrough())
      for (const [i, [name, length]] of steps.entries()) ways[name]?.(encoder, pattern(length).fill(i, 0, 1))
      encoder.end()
      const messages = decodeFrames(Buffer.concat((await sink.toArray()) as Buffer[]))
      expect(messages.map((message) => [message[0], message.length])).to.deep.equal(
        steps.map(([, length], i) => [i, length]),
      )
    })
  })

  it('answers a write behind its end as every stream does', async () => {
    const encoder = new LengthPrefixEncoder()
    encoder.end(hex('61'))
    expect(encoder.write(hex('62'))).to.equal(false)
    const [error] = (await once(encoder, 'error')) as [unknown]
    expect(error).to.include({ code: 'ERR_STREAM_WRITE_AFTER_END' })
  })

  it('ends with the error of a message that it refuses', async () => {
    const encoder = new LengthPrefixEncoder({ maxMessageLength: 1 })
    encoder.write(hex('61 62'))
    const [error] = (await once(encoder, 'error')) as [unknown]
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE' })
    expect(encoder.destroyed).to.equal(true)
  })

  it('is silent when it is destroyed before the end of the tick', async () => {
    const encoder = new LengthPrefixEncoder()
    encoder.on('data', () => expect.fail('nothing should come out'))
    encoder.write(hex('61'))
    encoder.destroy()
    await once(encoder, 'close')
    encoder.flush()
  })

  it('refuses a copy limit that is none', () => {
    for (const copyLimit of [-1, NaN])
      expect(() => new LengthPrefixEncoder({ copyLimit })).to.throw(RangeError, 'copyLimit')
  })

  it('gives Buffers, whatever it was given and whichever way they leave', async () => {
    const foreign = runInNewContext('new Uint8Array(50_000)') as Uint8Array
    const messages = [pattern(3), pattern(50_000), Buffer.alloc(50_000), foreign]
    for (const isPaused of [false, true]) {
      const encoder = new LengthPrefixEncoder()
      const pieces: unknown[] = []
      encoder.on('data', (bytes) => pieces.push(bytes))
      if (isPaused) encoder.pause()
      for (const message of messages) encoder.write(message)
      encoder.end()
      encoder.resume()
      await once(encoder, 'end')
      expect(pieces.every((bytes) => Buffer.isBuffer(bytes))).to.equal(true)
      expect(decodeFrames(concat(pieces as Buffer[])).map(({ length }) => length)).to.deep.equal([
        3, 50_000, 50_000, 50_000,
      ])
    }
  })

  describe('refuses what is no message, by its name', () => {
    for (const [message, name] of [
      [undefined, 'undefined'],
      [5, '5'],
      ['text', 'string "text"'],
      [{}, 'Object'],
      [[hex('61')], 'Array'],
    ] as const) {
      it(name, async () => {
        const encoder = new LengthPrefixEncoder()
        encoder.write(message)
        const [error] = (await once(encoder, 'error')) as [unknown]
        expect(error)
          .to.be.instanceOf(TypeError)
          .with.property('message', `Cannot encode message: expected a Uint8Array, got ${name}`)
      })
    }

    it('null, at once', () => {
      const encoder = new LengthPrefixEncoder()
      expect(() => encoder.write(null)).to.throw(TypeError, 'Cannot encode message: expected a Uint8Array, got null')
      expect(encoder.destroyed).to.equal(false)
    })

    it('a stream that does not know its length', async () => {
      const encoder = new LengthPrefixEncoder()
      const source = new PassThrough()
      encoder.write(source)
      const [error] = (await once(encoder, 'error')) as [unknown]
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.includes('in bytes, got undefined')
      expect(source.destroyed).to.equal(true)
    })
  })

  describe('to those who know it inside', () => {
    it('packs a message at once, and is as it was when it refuses one', () => {
      const encoder = new LengthPrefixEncoder({ maxMessageLength: 2 })
      encoder.add(hex('61'))
      expect(encoder.packedLength).to.equal(5)
      expect(() => encoder.add(hex('61 62 63')))
        .to.throw()
        .with.property('code', 'ERR_MESSAGE_TOO_LARGE')
      expect(() => encoder.add(undefined as unknown as Uint8Array)).to.throw(TypeError, 'got undefined')
      encoder.add(hex('62'))
      expect(encoder.read()).to.equal(null)
      encoder.flush()
      expect(encoder.packedLength).to.equal(0)
      expect(toHex(encoder.read() as Uint8Array)).to.equal('00 00 00 01 61 00 00 00 01 62')
      expect(encoder.destroyed).to.equal(false)
    })

    it('says with the bytes how many frames end with them', async () => {
      const encoder = new LengthPrefixEncoder({ copyLimit: 4, lengthField: uint8 })
      const seen: unknown[] = []
      encoder.on('data', (bytes: Uint8Array, frames: unknown) => seen.push([toHex(bytes), frames]))
      encoder.write(hex('61'))
      encoder.write(hex('62'))
      encoder.write(hex('01 02 03 04 05'))
      encoder.write(Object.assign([hex('63'), hex('64')].values(), { length: 2 }))
      encoder.end()
      await once(encoder, 'end')
      expect(seen).to.deep.equal([
        ['01 61 01 62', 2],
        ['05', 0],
        ['01 02 03 04 05', 1],
        ['02', 0],
        ['63', 0],
        ['64', 1],
      ])
    })

    it('puts a message that a listener writes behind the one that it gets', async () => {
      const encoder = new LengthPrefixEncoder({ copyLimit: 0 })
      const pieces: Uint8Array[] = []
      encoder.on('data', (bytes: Uint8Array) => {
        pieces.push(bytes)
        if (pieces.length === 1) encoder.write(hex('62'))
      })
      encoder.write(hex('61'))
      encoder.end()
      await once(encoder, 'end')
      expect(decodeFrames(concat(pieces)).map(toHex)).to.deep.equal(['61', '62'])
    })
  })
})
