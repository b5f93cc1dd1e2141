import { expect } from 'chai'
import {
  decodeFrames,
  encodeFrame,
  FrameEncoder,
  type FrameOptions,
  FrameParser,
  uint8,
  varint,
} from '../../lib/frame.js'
import { FrameLayout, resolveLayout } from '../../lib/frame/frame-layout.js'
import { decode, encode } from '../../lib/iterables.js'
import { LengthPrefixDecoder, LengthPrefixEncoder } from '../../lib/streams.js'
import { LengthPrefixDecoderStream, LengthPrefixEncoderStream } from '../../lib/web.js'
import { hex, toHex } from '../support/bytes.js'

describe('FrameOptions', () => {
  const refused: readonly (readonly [
    what: string,
    options: unknown,
    error: typeof TypeError | typeof RangeError,
    says: string,
  ])[] = [
    ['options that are no object', 7, TypeError, 'got 7'],
    ['null', null, TypeError, 'got null'],
    ['a length field that is a name', { lengthField: 'uint8' }, TypeError, '"uint8"'],
    ['a length field without read', { lengthField: { ...uint8, read: undefined } }, TypeError, 'LengthField'],
    [
      'a length field that varies in size without measure',
      { lengthField: { ...varint, measure: undefined } },
      TypeError,
      'cannot measure',
    ],
    ['a length field of no bytes', { lengthField: { ...uint8, minSize: 0 } }, RangeError, 'minSize'],
    ['a length field whose sizes are swapped', { lengthField: { ...uint8, minSize: 2 } }, RangeError, 'maxSize'],
    ['a length field without a largest value', { lengthField: { ...uint8, maxValue: NaN } }, RangeError, 'maxValue'],
    ['a negative offset', { lengthFieldOffset: -1 }, RangeError, 'got -1'],
    ['an offset of half a byte', { lengthFieldOffset: 0.5 }, RangeError, 'got 0.5'],
    ['an offset that is text', { lengthFieldOffset: '1' }, TypeError, '"1"'],
    ['an adjustment that is no integer', { lengthAdjustment: NaN }, RangeError, 'got NaN'],
    ['a negative strip', { initialBytesToStrip: -1 }, RangeError, 'got -1'],
    ['a strip by another name', { initialBytesToStrip: 'all' }, TypeError, '"all"'],
    ['a copy that is text', { copy: 'yes' }, TypeError, '"yes"'],
    ['a trailer that is text', { trailer: 'x' }, TypeError, 'Cannot use trailer'],
    ['a streaming threshold that is negative', { streamAbove: -1 }, RangeError, 'streamAbove'],
    ['a copy limit that is text', { copyLimit: 'all' }, TypeError, 'copyLimit'],
    ['a negative copy limit', { copyLimit: -1 }, RangeError, 'copyLimit'],
    ['a header of another length than what is stripped', { header: hex('01') }, RangeError, 'Cannot use header'],
    ['a limit of zero', { maxMessageLength: 0 }, RangeError, 'at least 1'],
    ['a negative limit', { maxMessageLength: -Infinity }, RangeError, 'got -Infinity'],
    ['a limit that is NaN', { maxMessageLength: NaN }, RangeError, 'got NaN'],
    [
      'an adjustment that leaves no length',
      { lengthField: uint8, lengthAdjustment: -256 },
      RangeError,
      'negative length',
    ],
    ['a strip longer than any frame', { lengthField: uint8, initialBytesToStrip: 257 }, RangeError, '256 bytes'],
    [
      'a strip that may end inside a varint',
      { lengthField: varint, initialBytesToStrip: 1 },
      RangeError,
      'varies in size',
    ],
  ]

  for (const [what, options, error, says] of refused) {
    it(`are refused at construction with ${what}`, () => {
      expect(() => new FrameParser(options as FrameOptions)).to.throw(error, says)
    })
  }

  it('may have a limit larger than the field can say: then the field decides', () => {
    const parser = new FrameParser({ lengthField: uint8, maxMessageLength: 1_000_000 })
    parser.append(Uint8Array.of(255, ...new Uint8Array(255)))
    expect(parser.read()).to.have.lengthOf(255)
  })

  it('may say that there is no limit, but only in so many words', () => {
    expect(() => new FrameParser({ maxMessageLength: Infinity })).not.to.throw()
  })

  it('may be left out, and undefined means the default', () => {
    const undefinedOptions = { lengthField: undefined, copy: undefined, maxMessageLength: undefined }
    for (const options of [undefined, {}, undefinedOptions]) {
      const parser = new FrameParser(options)
      parser.append(Uint8Array.of(0, 0, 0, 1, 97))
      expect(parser.read()).to.have.lengthOf(1)
    }
  })

  const doors: Record<string, (options: FrameOptions) => unknown> = {
    FrameParser: (options) => new FrameParser(options),
    FrameEncoder: (options) => new FrameEncoder(options),
    encodeFrame: (options) => encodeFrame(hex('61'), options),
    decodeFrames: (options) => decodeFrames(hex(''), options),
    LengthPrefixDecoder: (options) => new LengthPrefixDecoder(options),
    LengthPrefixEncoder: (options) => new LengthPrefixEncoder(options),
    decode: (options) => decode([], options),
    encode: (options) => encode([], options),
    LengthPrefixDecoderStream: (options) => new LengthPrefixDecoderStream(options),
    LengthPrefixEncoderStream: (options) => new LengthPrefixEncoderStream(options),
  }
  for (const [name, open] of Object.entries(doors)) {
    it(`are refused by ${name} where a name is unknown, with the nearest that is known`, () => {
      const misspelt = { maxFrameLength: 10 } as FrameOptions
      expect(() => open(misspelt)).to.throw(
        TypeError,
        'Cannot use option maxFrameLength: no such option (did you mean maxMessageLength?)',
      )
      expect(() => open({ batches: true } as FrameOptions)).to.throw(TypeError, 'Cannot use option batches')
    })

    it(`may be those of the other direction for ${name}`, () => {
      const framing = { lengthField: uint8, header: hex(''), copy: true, copyLimit: 10, streamAbove: undefined }
      open(framing)
    })

    it(`are refused by ${name} where they are no object`, () => {
      for (const options of [null, 5, 'uint8', true])
        expect(() => open(options as unknown as FrameOptions)).to.throw(TypeError, 'Cannot use options')
    })
  }

  it('may have a length field of a class of its own', () => {
    class Field {
      readonly name = 'one byte'
      readonly minSize = 1
      readonly maxSize = 1
      readonly maxValue = 255
      sizeOf = uint8.sizeOf.bind(uint8)
      read(...bytes: Parameters<typeof uint8.read>): number {
        return uint8.read(...bytes)
      }
      write(...bytes: Parameters<typeof uint8.write>): void {
        uint8.write(...bytes)
      }
    }
    const options = { lengthField: new Field() }
    expect(toHex(encodeFrame(hex('61'), options))).to.equal('01 61')
    expect(decodeFrames(hex('01 61'), options).map(toHex)).to.deep.equal(['61'])
  })
})

describe('FrameLayout', () => {
  it('is what coders share: a layout is resolved to itself', () => {
    const layout = resolveLayout({ lengthField: uint8, header: hex('ab'), lengthFieldOffset: 1 })
    expect(resolveLayout(layout)).to.equal(layout)
    expect(toHex(new FrameEncoder(layout).encode(hex('61')))).to.equal('ab 01 61')
    const parser = new FrameParser(layout)
    parser.append(hex('ab 01 61'))
    expect(toHex(parser.read()!)).to.equal('61')
  })

  it('does not change with the bytes that it was made of', () => {
    const [header, trailer] = [Buffer.from('ab', 'hex'), Buffer.from('ce', 'hex')]
    const layout = new FrameLayout({ lengthField: uint8, lengthFieldOffset: 1, header, trailer })
    header.fill(0)
    trailer.fill(0)
    expect(toHex(new FrameEncoder(layout).encode(hex('61')))).to.equal('ab 01 61 ce')
    expect(decodeFrames(hex('ab 01 61 ce'), layout).map(toHex)).to.deep.equal(['61'])
  })
})
