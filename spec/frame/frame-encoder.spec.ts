import { expect } from 'chai'
import fc from 'fast-check'
import {
  berLength,
  decodeFrames,
  encodeFrame,
  type EncodeOptions,
  FrameEncoder,
  type FramingError,
  type LengthField,
  quicVarint,
  uint8,
  uint16be,
  uint32be,
  varint,
} from '../../lib/frame.js'
import { fastcgiLength } from '../../lib/frame/protocols/fastcgi-length.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, pattern, toHex } from '../support/bytes.js'
import { check } from '../support/property.js'

describe('FrameEncoder', () => {
  itObeysTheLawsOfEncoders(async (messages, options) => {
    const encoder = new FrameEncoder(options)
    return concat(messages.map((message) => encoder.encode(message)))
  })

  it('encodes the next message after one that it refused', () => {
    const encoder = new FrameEncoder({ maxMessageLength: 2 })
    expect(() => encoder.encode(pattern(3)))
      .to.throw()
      .with.property('code', 'ERR_MESSAGE_TOO_LARGE')
    expect(toHex(encoder.encode(hex('61')))).to.equal('00 00 00 01 61')
  })

  it('keeps its header when the template is changed afterwards', () => {
    const header = Buffer.from(hex('ab'))
    const encoder = new FrameEncoder({ lengthField: uint8, lengthFieldOffset: 1, header })
    header.fill(0)
    expect(toHex(encoder.encode(hex('61')))).to.equal('ab 01 61')
  })

  it('refuses a header that is not as long as what is stripped', () => {
    expect(() => new FrameEncoder({ lengthFieldOffset: 2, header: hex('01') })).to.throw(RangeError, 'expected 6 bytes')
    expect(() => new FrameEncoder({ header: 'x' as unknown as Uint8Array })).to.throw(TypeError, 'Cannot use header')
  })

  it('refuses a message whose own varint has another size than its length needs', () => {
    const encoder = new FrameEncoder({ lengthField: varint, lengthFieldOffset: 1, initialBytesToStrip: 0 })
    for (const message of ['30', '30 80', '30 80 01 61']) {
      expect(() => encoder.encode(hex(message)))
        .to.throw()
        .with.property('code', 'ERR_LENGTH_INVALID')
    }
  })

  it('keeps nothing between calls: a prefix is written from what measure answered', () => {
    const encoder = new FrameEncoder({ lengthField: varint })
    const [short, long] = [pattern(3), pattern(300)]
    const lengths = [short, long].map((message) => encoder.measure(message))
    expect(lengths).to.deep.equal([1, 2])
    const target = new Uint8Array(5)
    encoder.writePrefix(long, 300, target, 2, lengths[1]!)
    encoder.writePrefix(short, 3, target, 0, lengths[0]!)
    expect(toHex(target)).to.equal('03 00 ac 02 00')
  })

  it('keeps the form of a length that stands in the message and is right', () => {
    const ldap = { lengthField: berLength, lengthFieldOffset: 1, initialBytesToStrip: 0 }
    const quic = { lengthField: quicVarint, lengthFieldOffset: 1, initialBytesToStrip: 0 }
    const cases: readonly (readonly [options: EncodeOptions, frames: readonly string[]])[] = [
      [ldap, ['30 03 02 01 0a', '30 84 00 00 00 03 02 01 0a', '30 88 00 00 00 00 00 00 00 03 02 01 0a']],
      [quic, ['00 02 68 69', '00 40 02 68 69', '00 80 00 00 02 68 69']],
      [{ ...ldap, initialBytesToStrip: 1, header: hex('30') }, ['30 81 03 02 01 0a']],
    ]
    for (const [options, frames] of cases) {
      for (const frame of frames) {
        const [message] = decodeFrames(hex(frame), options)
        expect(toHex(new FrameEncoder(options).encode(message!))).to.equal(frame)
      }
    }
  })

  it('writes the length anew where it is wrong and has the size for the right one', () => {
    const ldap = new FrameEncoder({ lengthField: berLength, lengthFieldOffset: 1, initialBytesToStrip: 0 })
    expect(toHex(ldap.encode(hex('30 00 02 01 0a')))).to.equal('30 03 02 01 0a')
    for (const message of ['30 84 00 00 00 00 02 01 0a', '30', '30 82 00'])
      expect(() => ldap.encode(hex(message)), message)
        .to.throw()
        .with.property('code', 'ERR_LENGTH_INVALID')
  })

  it('law 6: encodes every message again that was decoded with its header kept, in every layout', async () => {
    const fields: readonly LengthField[] = [uint8, uint16be, uint32be, varint, berLength, quicVarint, fastcgiLength]
    const layout = fc.record({
      lengthField: fc.constantFrom(...fields),
      lengthFieldOffset: fc.nat(2),
      lengthAdjustment: fc.integer({ min: -3, max: 3 }),
      initialBytesToStrip: fc.nat(2),
      trailer: fc.constantFrom(hex(''), hex('ce')),
    })
    await check(
      fc.tuple(layout, fc.nat(300), fc.nat(9)),
      async ([any, rest, form]) => {
        const { lengthField, lengthFieldOffset, lengthAdjustment, trailer } = any
        const options = { ...any, initialBytesToStrip: Math.min(any.initialBytesToStrip, lengthFieldOffset) }
        const value = rest - lengthAdjustment
        if (value < 0 || value > lengthField.maxValue) return
        const forms = formsOf(lengthField, value)
        const field = forms[form % forms.length]!
        const frame = concat([new Uint8Array(lengthFieldOffset), field, pattern(rest), trailer])
        const [message] = decodeFrames(frame, { ...options, maxMessageLength: 1000 })
        expect(toHex(encodeFrame(message!, options))).to.equal(toHex(frame))
      },
      2000,
    )
  })

  it('refuses what is no bytes by its name, in every form of encoding', () => {
    for (const [message, name] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [5, '5'],
      [[1, 2], 'Array'],
      [new ArrayBuffer(2), 'ArrayBuffer'],
    ] as const) {
      const refused = `Cannot encode message: expected a Uint8Array, got ${name}`
      const encoder = new FrameEncoder()
      expect(() => encoder.encode(message as unknown as Uint8Array)).to.throw(TypeError, refused)
      expect(() => encoder.measure(message as unknown as Uint8Array)).to.throw(TypeError, refused)
      expect(() => encoder.measure(message as unknown as Uint8Array, 3)).to.throw(TypeError, refused)
    }
  })

  it('tells a limit that is one: no message has fewer than no bytes', () => {
    const encoder = new FrameEncoder({ lengthField: uint8, lengthAdjustment: -255, initialBytesToStrip: 0 })
    for (const length of [0, 1, 2, 256]) {
      let limit: number | undefined
      try {
        encoder.encode(pattern(length))
      } catch (error) {
        limit = (error as FramingError).limit
      }
      expect(limit === undefined || limit >= 0, `limit ${limit}`).to.equal(true)
    }
  })
})

/** Every way to write a value. */
function formsOf(field: LengthField, value: number): Uint8Array[] {
  const forms: Uint8Array[] = []
  const sizes = Array.from({ length: field.maxSize }, (_, i) => i + 1)
  for (const size of field.minSize === field.maxSize ? [field.maxSize] : sizes) {
    const bytes = new Uint8Array(size)
    // FastCGI keeps the padding that it finds.
    if (field === fastcgiLength) bytes[2] = Math.min(value, 5)
    field.write(bytes, 0, size, value)
    if (field.measure?.(bytes, 0, size) !== undefined && field.measure(bytes, 0, size) !== size) continue
    if (field.read(bytes, 0, size) === value) forms.push(bytes)
  }
  return forms
}
