import { expect } from 'chai'
import { runInNewContext } from 'node:vm'
import { Uint8ArrayList } from 'uint8arraylist'
import { decode, encode } from '../../lib/iterables.js'
import { hex, text } from '../support/bytes.js'

describe('decode and encode', () => {
  const wrong: readonly (readonly [source: unknown, name: string])[] = [
    ['abc', 'string "abc"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [{}, 'Object'],
    [function* () {}, 'function'],
    [new Uint16Array(1), 'Uint16Array'],
  ]
  for (const [source, name] of wrong) {
    it(`refuse at once to loop over ${name}`, () => {
      expect(() => decode(source as Iterable<Uint8Array>)).to.throw(
        TypeError,
        `Cannot decode: expected an iterable of chunks, got ${name}`,
      )
      expect(() => encode(source as Iterable<Uint8Array>)).to.throw(
        TypeError,
        `Cannot encode: expected an iterable of messages, got ${name}`,
      )
    })
  }

  it('refuse bytes as a source, and say what to do', () => {
    for (const [bytes, name] of [
      [Buffer.alloc(1), 'Buffer'],
      [new Uint8Array(1), 'Uint8Array'],
      [runInNewContext('new Uint8Array(1)') as Uint8Array, 'Uint8Array'],
    ] as const) {
      const source = bytes as unknown as Iterable<Uint8Array>
      expect(() => decode(source)).to.throw(TypeError, `got ${name}; wrap it in an array`)
      expect(() => encode(source)).to.throw(TypeError, `got ${name}; wrap it in an array`)
    }
  })

  it('refuse a list as messages, which would be one message or many, and take it as chunks', () => {
    const list = new Uint8ArrayList(hex('00 00 00 01'), text('a'))
    expect(() => encode(list)).to.throw(TypeError, 'got Uint8ArrayList; wrap it in an array')
    expect([...decode(list)].map((message) => String.fromCharCode(...message.subarray()))).to.deep.equal(['a'])
  })

  it('take everything that can be looped over', async () => {
    for (const source of [[], new Set<Uint8Array>(), [].values()]) expect([...decode(source)]).to.deep.equal([])
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() })
    for await (const message of decode(body)) expect.fail(`${message.length} bytes`)
  })
})
