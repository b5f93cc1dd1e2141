import { expect } from 'chai'
import fc from 'fast-check'
import {
  berLength,
  FrameParser,
  type FrameOptions,
  type LengthField,
  quicVarint,
  uint8,
  uint16be,
  varintOf,
} from '../../lib/frame.js'
import { resolveLayout } from '../../lib/frame/frame-layout.js'
import { explainRefusal, explainTrailer, fieldEndAt, measureFrame } from '../../lib/frame/frame-meter.js'
import { hex } from '../support/bytes.js'
import { byteByByte } from '../support/cut.js'
import { check } from '../support/property.js'

const place = { offset: 7, frameIndex: 2 }

describe('measureFrame', () => {
  const measure = (bytes: string, options: FrameOptions, limit = 100): ReturnType<typeof measureFrame> =>
    measureFrame(resolveLayout(options), hex(bytes), 0, hex(bytes).length, limit)

  it('tells the parts of a frame from its header alone', () => {
    expect(measure('00 05', { lengthField: uint16be })).to.deep.equal({
      headerLength: 2,
      strip: 2,
      messageLength: 5,
      frameLength: 7,
    })
    const kept = { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0, trailer: hex('ce') }
    expect(measure('51 00 00 00 06', kept)).to.deep.equal({
      headerLength: 5,
      strip: 0,
      messageLength: 7,
      frameLength: 8,
    })
    expect(measure('84 00 00 00 05', { lengthField: berLength })).to.include({ headerLength: 5, messageLength: 5 })
  })

  it('waits for a header that is not all here', () => {
    expect(measure('00', { lengthField: uint16be })).to.equal(undefined)
    expect(measure('', { lengthField: berLength })).to.equal(undefined)
    expect(measure('30', { lengthField: berLength, lengthFieldOffset: 1 })).to.equal(undefined)
  })

  it('waits for a field that has told its size before all of it is here', () => {
    for (const end of [1, 2, 3, 4]) {
      const bytes = '84 00 00 00 05'.slice(0, 3 * end)
      expect(measure(bytes, { lengthField: berLength })).to.equal(undefined)
    }
    expect(measure('40', { lengthField: quicVarint })).to.equal(undefined)
  })

  it('does not ask a field about fewer bytes than it has at least', () => {
    const careless: LengthField = {
      ...quicVarint,
      minSize: 2,
      measure: (bytes, start, end) => {
        expect(end - start).to.be.at.least(2)
        return quicVarint.measure?.(bytes, start, end)
      },
    }
    expect(measure('40', { lengthField: careless })).to.equal(undefined)
    expect(measure('40 05', { lengthField: careless })).to.include({ messageLength: 5 })
  })

  it('refuses a message above the limit, and a header that no frame can have', () => {
    expect(measure('65', { lengthField: uint8 })).to.equal('refused')
    expect(measure('64', { lengthField: uint8 })).to.include({ messageLength: 100 })
    expect(measure('00', { lengthField: uint8, lengthAdjustment: -1 })).to.equal('refused')
    expect(measure('02', { lengthField: uint8, initialBytesToStrip: 4 })).to.equal('refused')
    expect(measure('80', { lengthField: berLength })).to.equal('refused')
  })

  it('refuses a field that tells no size, or one that it cannot have', () => {
    for (const size of [undefined, 0, -1, 1.5, 4, NaN]) {
      const lengthField: LengthField = { ...varintOf(3), measure: () => size }
      expect(fieldEndAt(resolveLayout({ lengthField }), hex('01 02 03'), 0, 3), String(size)).to.equal('refused')
    }
  })

  it('is the law that readInChunk states again: what one takes the other takes, and nothing else', async () => {
    const value = fc.oneof(fc.nat(6), fc.constantFrom(NaN, -1, 1.5, 2 ** 31, 2 ** 53, Infinity))
    const size = fc.oneof(fc.nat(4), fc.constantFrom(undefined, NaN, 0.5))
    const layout = fc.record({
      lengthFieldOffset: fc.nat(2),
      lengthAdjustment: fc.integer({ min: -2, max: 2 }),
      strip: fc.constantFrom('header' as const, 0, 1),
      trailer: fc.constantFrom(hex(''), hex('01')),
      limit: fc.nat(4).map((most) => most + 1),
      isFixed: fc.boolean(),
    })
    await check(
      fc.tuple(layout, value, size, fc.uint8Array({ maxLength: 8, max: 3 })),
      async ([options, says, tells, bytes]) => {
        const lengthField: LengthField = {
          name: 'anything',
          minSize: 1,
          maxSize: options.isFixed ? 1 : 3,
          maxValue: 1000,
          sizeOf: () => 1,
          measure: () => tells,
          read: () => says,
          write: () => {},
        }
        const { lengthFieldOffset, lengthAdjustment, trailer, limit } = options
        const initialBytesToStrip = options.strip === 1 && lengthFieldOffset === 0 ? 0 : options.strip
        const framing = { lengthField, lengthFieldOffset, lengthAdjustment, initialBytesToStrip, trailer }
        expect(outcome([bytes], { ...framing, maxMessageLength: limit })).to.deep.equal(
          // Byte by byte, no frame but the shortest lies in one chunk.
          outcome(byteByByte(bytes), { ...framing, maxMessageLength: limit }),
        )
      },
      2000,
    )
  })
})

describe('explainRefusal', () => {
  const explain = (bytes: string, options: FrameOptions, limit = 100): unknown =>
    explainRefusal(resolveLayout(options), hex(bytes), place, limit)

  it('has no number that is not a fact', () => {
    expect(explain('ff', { lengthField: uint8 })).to.include({ length: 255, limit: 100, ...place })
    expect(explain('00', { lengthField: uint8, lengthAdjustment: -3 })).to.include({ length: -3, limit: undefined })
    const unsafe: FrameOptions = { lengthField: { ...uint8, read: () => Number.MAX_SAFE_INTEGER }, lengthAdjustment: 9 }
    expect(explain('00', unsafe)).to.include({ code: 'ERR_LENGTH_INVALID', length: undefined, limit: undefined })
    for (const value of [NaN, 1.5, Infinity]) {
      const options: FrameOptions = { lengthField: { ...uint8, read: () => value } }
      expect(explain('00', options)).to.include({ code: 'ERR_LENGTH_INVALID', length: undefined, limit: undefined })
    }
  })

  it('writes the bytes of the field as they are', () => {
    for (const bytes of [hex('00 00 00 01 02 03 04 05'), Buffer.from('0000000102030405', 'hex')]) {
      const { message } = explainRefusal(resolveLayout({ lengthAdjustment: -4 }), bytes, place, 100)
      expect(message).to.include('length field 00 00 00 01 (uint32be) gives a length of -3')
      expect(bytes[3]).to.equal(1)
    }
  })

  it('says what should have ended a frame', () => {
    expect(explainTrailer(resolveLayout({ trailer: hex('ce') }), hex('0a'), place)).to.include({
      message: 'Cannot read frame at offset 7: expected it to end with ce, got 0a',
      ...place,
    })
  })
})

function outcome(chunks: readonly Uint8Array[], options: FrameOptions): unknown[] {
  const seen: unknown[] = []
  try {
    const parser = new FrameParser(options)
    for (const chunk of chunks) {
      parser.append(chunk)
      for (const message of parser) seen.push([...message])
    }
    parser.end()
  } catch (error) {
    // A hint is a guess at all the bytes that are there.
    seen.push((error as Error).message.replace(/ \(.*\)$/, ''))
  }
  return seen
}
