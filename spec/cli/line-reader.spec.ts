import { expect } from 'chai'
import { LineReader } from '../../lib/cli/line-reader.js'
import type { TextOptions } from '../../lib/cli/message-text.js'
import { byteByByte, everyCut } from '../support/cut.js'

function linesOf(chunks: readonly Uint8Array[], options: Partial<TextOptions> = {}): string[] {
  const reader = new LineReader({ limit: 100, hex: false, ...options })
  const found = [...chunks.flatMap((chunk) => [...reader.read(Buffer.from(chunk))]), ...reader.end()]
  return found.map((line) => (line instanceof Error ? line.message.replace(/ \(.*/, '') : line.toString('latin1')))
}

describe('LineReader', () => {
  const cases: readonly (readonly [
    law: string,
    text: string,
    options: Partial<TextOptions>,
    lines: readonly string[],
  ])[] = [
    ['gives each line', 'one\n\ntwo\r\n\xff\n', {}, ['one', '', 'two\r', '\xff']],
    ['needs no line feed at the end', 'a\nb', {}, ['a', 'b']],
    ['gives no line for no input', '', {}, []],
    [
      'refuses lines that are too long, each once, and gives the others',
      'abc\nabcd\nabcdef\nabc\nabcd',
      { limit: 3 },
      [
        'abc',
        'Cannot read line 2: it is longer than 3 bytes',
        'Cannot read line 3: it is longer than 3 bytes',
        'abc',
        'Cannot read line 5: it is longer than 3 bytes',
      ],
    ],
    ['reads hex, whatever spaces are in it', '61 62\r\n\n6\t3   64 65\n', { hex: true, limit: 3 }, ['ab', '', 'cde']],
    [
      'refuses hex of too many bytes, and what is no hex',
      '61 62 63\n61626\n616x\n61',
      { hex: true, limit: 2 },
      [
        'Cannot read line 1: it is longer than 2 bytes',
        'Cannot read line 2: it is longer than 2 bytes',
        'Cannot read hex: expected two digits for each byte, got "616x"',
        'a',
      ],
    ],
  ]
  for (const [law, text, options, lines] of cases) {
    it(`${law}, however the input is cut`, () => {
      const input = Buffer.from(text, 'latin1')
      for (const chunks of [[input], ...everyCut(input), byteByByte(input)]) {
        expect(linesOf(chunks, options)).to.deep.equal(lines)
      }
    })
  }

  it('refuses a line as soon as it is too long', () => {
    const reader = new LineReader({ limit: 3, hex: false })
    expect([...reader.read(Buffer.from('abc'))]).to.deep.equal([])
    expect([...reader.read(Buffer.from('d'))]).to.have.length(1)
    expect([...reader.read(Buffer.from('efg'))]).to.deep.equal([])
  })
})
