import { expect } from 'chai'
import { pipe } from 'it-pipe'
import { PassThrough } from 'node:stream'
import { Uint8ArrayList } from 'uint8arraylist'
import { berLength, encodeFrame, type FrameOptions } from '../../lib/frame.js'
import { type AsyncLongMessagePieces, decode, encode } from '../../lib/iterables.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, text, toHex } from '../support/bytes.js'
import { byteByByte, everyCut } from '../support/cut.js'
import { Pauses } from '../support/pauses.js'

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
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

  it('lets timers run while a loop encodes a flood', async () => {
    const message = hex('61')
    async function* flood(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 50_000; i++) yield message
    }
    const pauses = new Pauses()
    let length = 0
    for await (const frame of encode(flood())) length += frame.length
    expect(length).to.equal(250_000)
    expect(pauses.stop()).to.be.at.least(1)
  })

  it('refuses what is no message, by its name', async () => {
    for (const [message, name] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [5, '5'],
      [[hex('61')], 'Array'],
    ] as const) {
      const messages = [message as unknown as Uint8Array]
      const refused = `Cannot encode message: expected a Uint8Array, got ${name}`
      expect(() => [...encode(messages)]).to.throw(TypeError, refused)
      const error: unknown = await encode(later(messages))
        .next()
        .catch((reason: unknown) => reason)
      expect(error).to.be.instanceOf(TypeError).with.property('message', refused)
    }
  })

  it('closes the source of a long message that it refuses', async () => {
    const source = (): PassThrough & { readonly length: number } => Object.assign(new PassThrough(), { length: 11 })
    const [one, other] = [source(), source()]
    expect(() => [...encode([one as unknown as Uint8Array], { maxMessageLength: 10 })]).to.throw()
    await encode(later([other]), { maxMessageLength: 10 })
      .next()
      .catch(() => {})
    expect([one.destroyed, other.destroyed]).to.deep.equal([true, true])
  })

  it('encodes again what was decoded with its header kept, whole and in pieces', () => {
    const options = { lengthField: berLength, lengthFieldOffset: 1, initialBytesToStrip: 0 }
    const frame = hex('30 84 00 00 00 03 02 01 0a')
    for (const streamAbove of [0, 100]) {
      const frames = [
        ...encode(decode(byteByByte(frame), { ...options, streamAbove }) as Iterable<Uint8ArrayList>, options),
      ]
      expect(toHex(concat(frames.map((bytes) => bytes.subarray())))).to.equal(toHex(frame))
    }
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

const streamAbove = 3
const wire = concat(['one', 'four', '', 'sixteen chars ok', 'two'].map((word) => encodeFrame(text(word))))

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
