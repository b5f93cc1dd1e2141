import { expect } from 'chai'
import {
  encodeFrame,
  FramingError,
  type FrameOptions,
  FrameParser,
  protocols,
  uint16be,
  uint32le,
} from '../../lib/frame.js'
import { concat, hex, text } from '../support/bytes.js'

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

  it('explains the length that a server reports who reads "HTTP"', () => {
    const parser = new FrameParser()
    parser.append(text('HTTP/1.1 400 Bad Request\r\n'))
    expect(() => parser.read()).to.throw(
      'length is 1213486160, limit is 4194304 (the bytes look like an HTTP response)',
    )
  })
})
