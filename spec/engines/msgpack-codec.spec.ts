import { expect } from 'chai'
import { msgpackCodec } from '../../lib/msgpack.js'

const codec = msgpackCodec()
const parse = (...hex: string[]): unknown => codec.parse(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'))

describe('msgpackCodec', () => {
  it('writes plain MessagePack: a map with the names that jsonCodec has', () => {
    const message = codec.serialise('a', [1, 'x'], { request: 2 })
    expect(Buffer.from(message).toString('hex')).to.match(
      // 82 or de, a map of three: type, data, request.
      /^(?:83|de0003)a474797065a161a4646174619201a178a77265717565737402$/,
    )
    expect(parse('81', 'a474797065', '07')).to.deep.equal({ type: 7, data: undefined })
  })

  it('carries bytes, dates and big integers', () => {
    const data = { bytes: Buffer.from('hi'), date: new Date(0), big: 2n ** 60n }
    expect(codec.parse(Buffer.from(codec.serialise('a', data))).data).to.deep.equal(data)
  })

  it('leaves a message as it was while the next one is written', () => {
    const first = codec.serialise('a', 'one')
    const copy = Buffer.from(first)
    codec.serialise('b', 'two')
    expect(Buffer.compare(first, copy)).to.equal(0)
  })

  const hostile: readonly (readonly [what: string, hex: string])[] = [
    ['nothing', ''],
    ['an array of four thousand million', 'ddffffffff'],
    ['many arrays of sixteen million', 'dd00ffffff'.repeat(20)],
    ['a map without end', 'dfffffffff'],
    ['bytes that are not there', 'c6ffffffff'],
    ['two values', '81a47479706507' + '01'],
    ['a value that is no map', '07'],
    ['a map without a type', '80'],
    ['references of a structured clone', '81a474797065' + 'd469' + '00c0'],
    ['an extension that is not known', '81a474797065' + 'd450' + '00'],
    ['arrays in arrays, a hundred thousand deep', '82a474797065a161a464617461' + '91'.repeat(100_000) + 'c0'],
  ]
  for (const [what, hex] of hostile) {
    it(`throws ${what}, and reads the next message`, () => {
      const before = process.memoryUsage().rss
      expect(() => parse(hex)).to.throw()
      expect(process.memoryUsage().rss - before).to.be.below(64 * 2 ** 20)
      expect(parse('81', 'a474797065', 'a161')).to.deep.equal({ type: 'a', data: undefined })
    })
  }
})
