import { expect } from 'chai'
import fc from 'fast-check'
import { closeSync, openSync, readSync } from 'node:fs'
import {
  decodeFrames,
  encodeFrame,
  FramingError,
  type FrameOptions,
  FrameParser,
  protocols,
  uint16be,
  uint32le,
} from '../../lib/frame.js'
import { concat, hex, text } from '../support/bytes.js'
import { seed } from '../support/property.js'

function hintFor(bytes: Uint8Array, options?: FrameOptions): string | undefined {
  const parser = new FrameParser(options)
  parser.append(bytes)
  try {
    while (parser.read() !== undefined);
  } catch (error) {
    if (error instanceof FramingError) return error.hint
    throw error
  }
  throw new Error('expected the bytes to be refused')
}

describe('the hint of a framing error', () => {
  const seen: readonly (readonly [what: string, bytes: Uint8Array, hint: string, options?: FrameOptions])[] = [
    ['an HTTP request', text('GET /index.html HTTP/1.1\r\n'), 'an HTTP request'],
    ['an HTTP request of which four bytes came', text('POST'), 'an HTTP request'],
    ['an HTTP response', text('HTTP/1.1 200 OK\r\n'), 'an HTTP response'],
    ['HTTP/2', text('PRI * HTTP/2.0\r\n'), 'an HTTP/2 preface'],
    ['TLS', hex('16 03 01 02 00 01 00 01 fc 03 03'), 'a TLS hello'],
    ['SSH', text('SSH-2.0-OpenSSH_9.2\r\n'), 'an SSH greeting'],
    ['AMQP', text('AMQP\0\0\u0009\u0001'), 'an AMQP greeting'],
    [
      'RDP',
      hex('03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00'),
      'an RDP connection request',
      { maxMessageLength: 100 },
    ],
    ["the user's own log text", text('Server started at port 9000\n'), 'text: "Server started at port 9000\\n"'],
    [
      'the other byte order',
      hex('05 00 00 00 68 65 6c 6c 6f'),
      'in the other byte order, the frame would have 9 bytes',
    ],
    ['the other byte order, of a kept header', hex('51 0d 00 00 00 53 45 4c'), '14 bytes', protocols.postgres],
  ]
  for (const [what, bytes, hint, options] of seen) {
    it(`recognises ${what}`, () => {
      expect(hintFor(bytes, options)).to.include(hint)
    })
  }

  it('tells by how much the two sides are out of step', () => {
    const frames = concat(['one', 'two', 'three'].map((word) => encodeFrame(text(word))))
    expect(hintFor(concat([hex('ff fe'), frames]))).to.include('2 bytes later')
  })

  it('is not made up where there is nothing to see', () => {
    expect(hintFor(hex('ff fe fd fc fb fa f9 f8'))).to.equal(undefined)
    expect(
      hintFor(hex('ff ff 00 00 00 00 00 00 00 00 00 00'), { lengthField: uint16be, maxMessageLength: 9 }),
    ).to.equal(undefined)
    expect(hintFor(hex('00 00 00 ff'), { lengthField: uint32le })).to.equal(
      'in the other byte order, the frame would have 259 bytes',
    )
  })

  // The first bytes of files that are no frames, of programs and archives.
  const files: Record<string, string> = {
    'a program': `7f 45 4c 46 02 01 01 00  00 00 00 00 00 00 00 00  03 00 3e 00 01 00 00 00  d0 61 00 00 00 00 00 00
                  40 00 00 00 00 00 00 00  70 47 02 00 00 00 00 00  00 00 00 00 40 00 38 00  0d 00 40 00 1f 00 1e 00
                  06 00 00 00 04 00 00 00  40 00 00 00 00 00 00 00  40 00 00 00 00 00 00 00  40 00 00 00 00 00 00 00
                  d8 02 00 00 00 00 00 00  d8 02 00 00 00 00 00 00  08 00 00 00 00 00 00 00  03 00 00 00 04 00 00 00
                  18 03 00 00 00 00 00 00  18 03 00 00 00 00 00 00  18 03 00 00 00 00 00 00  1c 00 00 00 00 00 00 00`,
    'a gzip archive': '1f 8b 08 00  6d a1 c8 62  00 03 ed bd  07 60 1c 49  96 25 26 2f  6d ca 7b 7f',
    'a TIFF picture': '49 49 2a 00  08 00 00 00  0e 00 fe 00  04 00 01 00  00 00 00 00  00 00 00 01',
    'a ZIP archive': '50 4b 03 04  14 00 00 00  08 00 21 00  5d 5c 39 a1  7c 1b 00 00',
    'a class file': 'ca fe ba be  00 00 00 34  00 1d 0a 00  06 00 0f 09  00 10 00 11  08 00 12 0a',
  }
  for (const [name, bytes] of Object.entries(files)) {
    for (const [layout, options] of Object.entries<FrameOptions>({
      uint32be: {},
      'a length that counts itself': { lengthAdjustment: -4 },
      PostgreSQL: protocols.postgres,
    })) {
      it(`is not made up for ${name}, read with ${layout}`, () => {
        expect(hintFor(hex(bytes), options)).to.equal(undefined)
      })
    }
  }

  it('hardly ever sees frames in a program', () => {
    const program = openSync(process.execPath, 'r')
    let seen = 0
    for (let i = 0; i < 400; i++) {
      const bytes = new Uint8Array(600)
      readSync(program, bytes, 0, bytes.length, 20_011 * i)
      const parser = new FrameParser()
      parser.append(bytes)
      try {
        parser.read()
      } catch (error) {
        if ((error as FramingError).hint?.includes('later') === true) seen++
      }
    }
    closeSync(program)
    expect(seen).to.be.below(8)
  })

  it('sees frames behind a piece of one nearly always, wherever they are cut', () => {
    const message = fc.uint8Array({ minLength: 3, maxLength: 40, min: 0x21 })
    const cut = fc.record({
      piece: fc.uint8Array({ minLength: 4, maxLength: 60, min: 0x80 }),
      messages: fc.array(message, { minLength: 6, maxLength: 9 }),
      missing: fc.nat(20),
    })
    const seen = fc.sample(cut, { seed, numRuns: 200 }).filter(({ piece, messages, missing }) => {
      const bytes = concat([piece, ...messages.map((one) => encodeFrame(one))])
      return hintFor(bytes.subarray(0, bytes.length - missing))?.includes(`${piece.length} bytes later`) === true
    })
    expect(seen).to.have.lengthOf.at.least(180)
  })

  it('leaves the bytes as they are', () => {
    for (const bytes of [hex('05 00 00 00 68 65 6c 6c 6f'), Buffer.from('050000006865', 'hex')]) {
      const before = Array.from(bytes)
      hintFor(bytes)
      expect(Array.from(bytes)).to.deep.equal(before)
    }
    const refused = (): unknown => decodeFrames(hex('00 00 00 01'), { lengthAdjustment: -4 })
    expect(refused).to.throw('length field 00 00 00 01 (uint32be) gives a length of -3')
  })

  it('explains the length that a server reports who reads "HTTP"', () => {
    const parser = new FrameParser()
    parser.append(text('HTTP/1.1 400 Bad Request\r\n'))
    expect(() => parser.read()).to.throw(
      'length is 1213486160, limit is 4194304 (the bytes look like an HTTP response)',
    )
  })
})
