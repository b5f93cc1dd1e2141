import { expect } from 'chai'
import { PassThrough, Readable } from 'node:stream'
import { Uint8ArrayList } from 'uint8arraylist'
import { type FrameOptions } from '../../lib/frame.js'
import { decode } from '../../lib/iterables.js'
import { LengthPrefixDecoder } from '../../lib/streams.js'
import { checkChunking, type Decoder } from '../../lib/testing.js'
import { LengthPrefixDecoderStream } from '../../lib/web.js'
import { faults, layouts } from '../contract/layouts.js'
import { hex } from '../support/bytes.js'
import { brokenDecoders, frames, messages, right } from './broken-decoders.js'
import { lawOf, linesOf } from './broken-law.js'

const wire = Buffer.concat(frames)
const badWire = Buffer.concat([wire, hex('ff ff 00')])

/** Our decoders, in every form. */
const ours: Readonly<Record<string, (options: FrameOptions) => Decoder>> = {
  LengthPrefixDecoder: (options) => () => new LengthPrefixDecoder(options),
  LengthPrefixDecoderStream: (options) => () => new LengthPrefixDecoderStream(options),
  'batches()': (options) => (chunks) => Readable.from(chunks).pipe(new LengthPrefixDecoder(options)).batches(),
  'decode, sync': (options) => (chunks) => decode(chunks, options),
  'decode, async': (options) => (chunks) => decode(Readable.from(chunks), options),
}

describe('checkChunking', () => {
  for (const [name, { decoder, chunking, fault, timeoutMs }] of Object.entries(brokenDecoders)) {
    it(`finds ${chunking === undefined ? 'nothing' : `law ${chunking} broken`} in a decoder that ${name}`, async () => {
      expect(await lawOf(checkChunking(decoder, wire, { expected: messages, runs: 20, timeoutMs }))).to.equal(chunking)
    })

    it(`finds ${fault === undefined ? 'nothing' : `law ${fault} broken`} before an error in a decoder that ${name}`, async () => {
      const check = checkChunking(decoder, badWire, { expected: messages, error: /long/, runs: 20, timeoutMs })
      expect(await lawOf(check)).to.equal(fault)
    })
  }

  for (const [name, decoderWith] of Object.entries(ours)) {
    it(`finds nothing in ${name}, with any layout`, async () => {
      for (const { options, frames } of layouts) {
        const bytes = hex(frames.map(([, frame]) => frame).join(' '))
        if (bytes.length > 60) continue
        const expected = frames.map(([message]) => hex(message))
        await checkChunking(decoderWith(options), bytes, { expected, runs: 2 })
      }
    })

    it(`finds nothing in ${name}, given what is no frame`, async () => {
      for (const { options, wire, messages, code } of faults) {
        await checkChunking(decoderWith(options), hex(wire), { expected: messages.map(hex), error: { code }, runs: 2 })
      }
    })
  }

  it('tells the law, the input, what came out, and the seed', async () => {
    const { decoder } = brokenDecoders['begins anew with each chunk']!
    expect(await linesOf(checkChunking(decoder, wire, { expected: messages, seed: 5 }))).to.deep.equal([
      'Law 1 is broken: chunking is invisible',
      '  input     13 bytes, cut at 1',
      '  chunks    00 | 05 68 65 6c 6c 6f 00 00 00 02 68 69',
      '  seed      5',
      '  expected  "hello", "", "hi", end',
      '  got       Error: Truncated',
    ])
  })

  it('tells how a stream was read', async () => {
    const { decoder } = brokenDecoders['forgets the slow reader']!
    const lines = await linesOf(
      checkChunking(decoder, badWire, { expected: messages, error: /long/, readers: ['slow for await'] }),
    )
    expect(lines).to.include('  read by   slow for await')
  })

  it('tells the fewest cuts that break the law', async () => {
    const needsThreeChunks: Decoder = (chunks) => {
      if (chunks.filter(({ length }) => length > 0).length > 2) throw new Error('Three')
      return right(chunks)
    }
    const [, input] = await linesOf(checkChunking(needsThreeChunks, wire, { seed: 1 }))
    expect(input).to.match(/^ {2}input +13 bytes, cut at \d+, \d+$/)
  })

  it('cuts in the same way when it is given the seed', async () => {
    const cutsWith = async (seed: number): Promise<string> => {
      const seen: string[] = []
      const spy: Decoder = (chunks) => {
        seen.push(chunks.map(({ length }) => length).join(' '))
        return right(chunks)
      }
      await checkChunking(spy, wire, { seed })
      return seen.join('\n')
    }
    expect(await cutsWith(1)).to.equal(await cutsWith(1))
    expect(await cutsWith(1)).not.to.equal(await cutsWith(2))
  })

  it('cuts at every offset, byte by byte, and with empty chunks', async () => {
    const seen = new Set<string>()
    const spy: Decoder = (chunks) => {
      seen.add(chunks.map(({ length }) => length).join(' '))
      return []
    }
    await checkChunking(spy, hex('00 01 61'), { runs: 0 })
    expect([...seen]).to.deep.equal(['3', '1 2', '2 1', '1 1 1', '0 3', '3 0'])
  })

  it('compares with the whole input when nothing is expected, and returns what came out', async () => {
    const outcome = await checkChunking(right, badWire)
    expect(outcome.messages).to.deep.equal(messages)
    expect(outcome.error).to.have.property('message', 'Too long')
    const { decoder } = brokenDecoders['forgets the slow reader']!
    const lines = await linesOf(checkChunking(decoder, badWire))
    expect(lines.filter((line) => /at first|got/.test(line))).to.deep.equal([
      '  at first  Error: Too long',
      '  got       "hello", "", "hi", Error: Too long',
    ])
  })

  it('wants a clean end with messages expected, and the error that is expected', async () => {
    expect(await lawOf(checkChunking(right, badWire, { expected: messages }))).to.equal(3)
    expect(await lawOf(checkChunking(right, badWire, { error: { message: 'other' } }))).to.equal(3)
    expect(await lawOf(checkChunking(right, wire, { error: /long/ }))).to.equal(3)
  })

  it('takes what calls back, and promises', async () => {
    const outcome = { messages, error: undefined }
    await checkChunking(() => outcome, wire, { expected: messages })
    await checkChunking(async () => outcome, wire, { expected: messages })
    await checkChunking(async (chunks) => right(chunks), wire, { expected: messages })
  })

  it('compares bytes of any kind by content, batches by their messages, and anything else deeply', async () => {
    const kinds: Decoder = () => [
      Uint8Array.of(1),
      new Uint8ArrayList(Uint8Array.of(2), Uint8Array.of(3)),
      [Buffer.from([4]), Buffer.from([5])],
      { type: 'six' },
    ]
    await checkChunking(kinds, wire, { expected: [hex('01'), hex('02 03'), hex('04'), hex('05'), { type: 'six' }] })
    const lines = await linesOf(
      checkChunking(kinds, wire, { expected: [hex('01'), hex('02 03'), hex('04'), hex('05'), 6] }),
    )
    expect(lines).to.include("  got       01, 02 03, 04, 05, { type: 'six' }, end")
  })

  it('shows the messages around the first that differs, where there are many', async () => {
    const many = Array.from({ length: 100 }, (_, i) => String(i))
    const decoder: Decoder = () => many.map((text) => (text === '50' ? 'fifty' : text))
    const lines = await linesOf(checkChunking(decoder, wire, { expected: many }))
    expect(lines.at(-1)).to.equal("  got       49 more, '49', 'fifty', '51', '52', '53', '54', 45 more, end")
  })

  it('waits for a decoder that never ends no longer than it is told', async () => {
    const lines = await linesOf(checkChunking(() => new Promise<never>(() => {}), wire, { timeoutMs: 20 }))
    expect(lines[0]).to.equal('Law 3 is broken: truth at the end')
    expect(lines.at(-1)).to.equal('  got       NeverEnded: Neither ended nor failed within 20 ms')
  })

  it('finds a stream that is closed before its end, however it is read', async () => {
    for (const reader of ['for await', 'slow for await', 'data', 'read'] as const) {
      const closing: Decoder = () => {
        const stream = new PassThrough()
        stream.on('finish', () => stream.destroy())
        return stream
      }
      const check = checkChunking(closing, wire, { expected: [wire], readers: [reader] })
      expect(await lawOf(check), reader).to.be.a('number')
    }
  })

  it('refuses what it cannot use', async () => {
    const refusals: [Promise<unknown>, string][] = [
      [checkChunking(() => 5 as never, wire), 'expected messages or a stream, got 5'],
      [checkChunking(right, wire, { readers: [] }), 'Cannot use readers'],
      [checkChunking(right, wire, { readers: ['aloud' as never] }), 'got aloud'],
      [checkChunking(right, wire, { timeoutMs: 0 }), 'Cannot use timeoutMs'],
    ]
    for (const [check, text] of refusals) {
      const error: unknown = await check.catch((reason: unknown) => reason)
      expect(error).to.have.property('message').that.includes(text)
    }
  })
})
