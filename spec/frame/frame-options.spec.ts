import { expect } from 'chai'
import { type FrameOptions, FrameParser, uint8, varint } from '../../lib/frame.js'

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
})
