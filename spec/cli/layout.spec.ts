import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { DEFAULT_LAYOUT, layoutOf, longestMessage } from '../../lib/cli/layout.js'
import {
  FrameEncoder,
  type FrameOptions,
  type LengthField,
  protocols,
  uint16be,
  uint8,
  varint,
  varintOf,
} from '../../lib/index.js'

describe('layoutOf', () => {
  it('has the defaults of the library', () => {
    const source = readFileSync('lib/frame/frame-options.ts', 'utf8')
    for (const [name, value] of Object.entries<string | number | LengthField>(DEFAULT_LAYOUT)) {
      const [, standard] = new RegExp(`@default ([^\\n]+?)(?: \\*/)?\\n(?:[^@]*? )?readonly ${name}\\?`).exec(source)!
      const said = typeof value === 'object' ? value.name : typeof value === 'string' ? `'${value}'` : String(value)
      expect(standard, name).to.equal(said)
    }
  })

  it('begins with a protocol, which the other options change', () => {
    expect(layoutOf({ protocol: protocols.amqp })).to.deep.equal({ ...DEFAULT_LAYOUT, ...protocols.amqp })
    const layout = layoutOf({ protocol: protocols.bgp, maxMessageLength: 65_535, lengthAdjustment: 0 })
    expect(layout).to.deep.equal({ ...protocols.bgp, maxMessageLength: 65_535, lengthAdjustment: 0 })
  })

  it('takes nothing that is no option of a layout', () => {
    expect(layoutOf({ hex: true } as FrameOptions)).to.have.all.keys(Object.keys(DEFAULT_LAYOUT))
  })
})

describe('longestMessage', () => {
  const layouts: readonly FrameOptions[] = [
    { maxMessageLength: 100 },
    { lengthField: uint8 },
    { lengthField: uint16be, lengthAdjustment: -2, maxMessageLength: Infinity },
    { lengthField: uint8, initialBytesToStrip: 0 },
    { lengthField: uint8, initialBytesToStrip: 3, lengthFieldOffset: 1 },
    { lengthField: varintOf(1) },
    protocols.mysql,
  ]
  for (const [i, options] of layouts.entries()) {
    it(`is as much as can be encoded, and no more (${i})`, () => {
      const layout = layoutOf(options)
      const encoder = new FrameEncoder(layout)
      const length = longestMessage(layout)
      expect(encoder.encode(Buffer.alloc(length))).to.have.length.at.least(length)
      expect(() => encoder.encode(Buffer.alloc(length + 1))).to.throw('Cannot write message: length is')
    })
  }

  it('is what a field that varies in size can say', () => {
    expect(longestMessage(layoutOf({ lengthField: varint, maxMessageLength: Infinity }))).to.equal(2 ** 53 - 1)
  })
})
