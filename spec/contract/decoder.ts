import { expect } from 'chai'
import fc from 'fast-check'
import { encodeFrame, FramingError, type FrameOptions } from '../../lib/frame.js'
import { concat, hex, isSame, pattern, toHex } from '../support/bytes.js'
import { byteByByte, cut, everyCut } from '../support/cut.js'
import { anyMessage, check } from '../support/property.js'
import { faults, layouts } from './layouts.js'

/** What came out of a decoder: the messages, and the error behind them if there was one. */
export interface Decoded {
  readonly messages: readonly Uint8Array[]
  readonly error?: unknown
}

/** Gives the chunks to a decoder, one after the other, ends it, and collects what comes out. */
export type Decode = (chunks: readonly Uint8Array[], options: FrameOptions) => Promise<Decoded>

/** The laws that every decoder obeys. */
export function itObeysTheLawsOfDecoders(decode: Decode): void {
  // Everything that can be compared about what came out, on one line for each message.
  const seen = async (chunks: readonly Uint8Array[], options: FrameOptions): Promise<readonly string[]> => {
    const { messages, error } = await decode(chunks, options)
    return [...messages.map(toHex), ...(error === undefined ? [] : [explain(error)])]
  }

  for (const { name, options, frames } of layouts) {
    const wire = hex(frames.map(([, frame]) => frame).join(' '))
    const messages = frames.map(([message]) => toHex(hex(message)))

    describe(`with ${name}`, () => {
      it('law 1: makes chunking invisible, cut at every byte and byte by byte', async () => {
        for (const chunks of [...everyCut(wire), byteByByte(wire), [new Uint8Array(0), wire, new Uint8Array(0)]]) {
          expect(await seen(chunks, options)).to.deep.equal(messages)
        }
      })

      it('law 3: tells the truth about an end at every byte', async () => {
        const ends = new Map(
          frames.map((_, i) => [
            hex(
              frames
                .slice(0, i)
                .map(([, frame]) => frame)
                .join(' '),
            ).length,
            i,
          ]),
        )
        for (let end = 0; end < wire.length; end++) {
          const { messages: got, error } = await decode([wire.slice(0, end)], options)
          const whole = ends.get(end)
          if (whole === undefined) {
            expect(error, `end at ${end}`).to.be.instanceOf(FramingError)
            expect(error).to.include({ code: 'ERR_FRAME_TRUNCATED', frameIndex: got.length })
            expect((error as FramingError).length).to.equal(end - ((error as FramingError).offset ?? NaN))
          } else {
            expect(error, `end at ${end}`).to.equal(undefined)
            expect(got).to.have.lengthOf(whole)
          }
        }
      })

      // Where header bytes are part of the message, not every message has a frame; the cases above cover those.
      if (options.initialBytesToStrip !== undefined) return
      it('law 6: gives back what was encoded, however it is cut', async () => {
        const longest = Math.min(options.lengthField?.maxValue ?? Infinity, 400)
        const cuts = fc.array(fc.nat(1200), { maxLength: 6 })
        await check(
          fc.tuple(fc.array(anyMessage, { maxLength: 4 }), cuts),
          async ([any, offsets]) => {
            const given = any.map((message) => message.subarray(0, longest))
            const bytes = concat(given.map((message) => encodeFrame(message, options)))
            const within = offsets.filter((offset) => offset < bytes.length)
            expect(await seen(cut(bytes, within), options)).to.deep.equal(given.map(toHex))
          },
          25,
        )
      })
    })
  }

  for (const fault of faults) {
    describe(`given ${fault.name}`, () => {
      it('laws 1 and 4: fails the same at every cut, behind the messages before it', async () => {
        const wire = hex(fault.wire)
        const [first, ...others] = [[wire], ...everyCut(wire), byteByByte(wire)]
        const expected = await seen(first, fault.options)
        expect(expected.slice(0, -1)).to.deep.equal(fault.messages.map((message) => toHex(hex(message))))
        expect(expected.at(-1))
          .to.match(new RegExp(`^${fault.code} `))
          .and.include(`offset ${fault.offset},`)
        for (const chunks of others) expect(await seen(chunks, fault.options)).to.deep.equal(expected)
      })
    })
  }

  it('law 2: keeps two messages apart that arrive together, and empty ones', async () => {
    const wire = hex('00 00 00 01 61 00 00 00 00 00 00 00 00 00 00 00 02 62 63')
    expect(await seen([wire], {})).to.deep.equal(['61', '', '', '62 63'])
  })

  it('law 2: keeps every message of a chunk with thousands of them', async () => {
    const { messages } = await decode([new Uint8Array(4 * 16_384)], {})
    expect(messages).to.have.lengthOf(16_384)
  })

  it('refuses a length when its header is complete, before any byte of the payload', async () => {
    const { error } = await decode([hex('7f ff ff ff')], {})
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 0x7fff_ffff, limit: 4_194_304, offset: 0 })
  })

  it('joins a message that lies across many chunks', async () => {
    const message = pattern(300_000)
    const wire = encodeFrame(message)
    for (const size of [1460, 4096, 65_536, 100_000]) {
      const offsets = Array.from({ length: Math.floor(wire.length / size) }, (_, i) => (i + 1) * size)
      const { messages } = await decode(cut(wire, offsets), {})
      expect(messages).to.have.lengthOf(1)
      expect(isSame(messages[0]!, message)).to.equal(true)
    }
  })

  it('gives each message bytes of its own with copy: true', async () => {
    const wire = hex('00 00 00 02 61 62 00 00 00 01 63')
    const { messages } = await decode([wire], { copy: true })
    wire.fill(0)
    expect(messages.map(toHex)).to.deep.equal(['61 62', '63'])
    for (const message of messages) expect(message.buffer.byteLength).to.equal(message.length)
  })

  it('gives views of the chunk without copy', async () => {
    const wire = hex('ff 00 00 00 02 61 62').subarray(1)
    const { messages } = await decode([wire], {})
    expect(messages[0]!.buffer).to.equal(wire.buffer)
  })

  it('ends cleanly without any input', async () => {
    expect(await seen([], {})).to.deep.equal([])
  })
}

function explain(error: unknown): string {
  if (!(error instanceof FramingError)) throw error
  const { code, offset, frameIndex, length, limit, hint } = error
  // A hint is a guess at all the bytes that are there, and so the only thing that may depend on how they were cut.
  const message = hint === undefined ? error.message : error.message.replace(` (${hint})`, '')
  return `${code} offset ${offset}, frame ${frameIndex}, length ${length}, limit ${limit}: ${message}`
}
