import { expect } from 'chai'
import fc from 'fast-check'
import { toHex } from '../../lib/cli/hex.js'
import { toJson } from '../../lib/cli/message-format.js'
import { printable } from '../../lib/cli/printable.js'
import { seed } from '../support/property.js'

const print = (text: string) => printable(Buffer.from(text))

/** The only message that can have been printed so. */
function messageOf(text: string): Buffer {
  const bytesOf = (part: string): Buffer => {
    if (!part.startsWith('\\')) return Buffer.from(part)
    if (part === '\\\\') return Buffer.from('\\')
    if (part === '\\n') return Buffer.from('\n')
    if (part === '\\r') return Buffer.from('\r')
    const code = Number.parseInt(part.replace(/[^0-9a-f]/g, ''), 16)
    return part.startsWith('\\x') ? Buffer.of(code) : Buffer.from(String.fromCodePoint(code))
  }
  return Buffer.concat((text.match(/\\(?:x..|u\{[^}]*\}|.)|[^\\]+/gu) ?? []).map(bytesOf))
}

/** Messages that are close to each other where escapes are concerned. */
const anyMessage = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => Buffer.from(text)),
  fc
    .array(fc.constantFrom('\\', 'n', 'x1b', '\n', '\x1b', '\x80', 'u{80}', '\u202e', '\ufeff', 'é', '\t'), {
      maxLength: 6,
    })
    .map((parts) => Buffer.from(parts.join(''))),
  fc
    .array(fc.constantFrom('\\', 'n', 'x80', '\n', '\x80', '\xc2', '\xff', '\xc3\xa9'), { maxLength: 6 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1')),
)

describe('printable', () => {
  it('leaves text of all languages as it is', () => {
    const text = 'naïve 日本語 👨‍👩‍👧 ❤️ שלום می‌خواهم\tend'
    expect(print(text)).to.equal(text)
  })

  it('escapes the backslash, so that no two messages are printed alike', () => {
    expect(print('\\n')).to.equal('\\\\n')
    expect(print('\n')).to.equal('\\n')
    expect(print('\x80')).to.equal('\\u{80}')
    expect(printable(Buffer.of(0x80))).to.equal('\\x80')
  })

  it('escapes whatever a terminal would obey', () => {
    expect(print('\x1b[2J\x07\x7f\u009b31m')).to.equal('\\x1b[2J\\x07\\x7f\\u{9b}31m')
  })

  it('keeps a message on one line', () => {
    expect(print('a\r\nb\u2028c\u2029d\x85')).to.equal('a\\r\\nb\\u{2028}c\\u{2029}d\\u{85}')
  })

  it('escapes what turns the reading direction', () => {
    expect(print('exe.\u202egpj\u2066')).to.equal('exe.\\u{202e}gpj\\u{2066}')
  })

  it('escapes what cannot be seen', () => {
    expect(print('\ufeffpass\u200bword\u{e0061}')).to.equal('\\u{feff}pass\\u{200b}word\\u{e0061}')
  })

  it('escapes every byte beyond ASCII of a message that is no text', () => {
    expect(printable(Buffer.from([0x68, 0x69, 0x5c, 0xff, 0x00, 0xc3, 0xa9]))).to.equal('hi\\\\\\xff\\x00\\xc3\\xa9')
  })

  it('prints nothing for an empty message', () => {
    expect(print('')).to.equal('')
  })

  it('prints any message so that it can be told from all others, on one line', () => {
    fc.assert(
      fc.property(anyMessage, (bytes) => {
        const message = Buffer.from(bytes)
        const text = printable(message)
        expect(messageOf(text)).to.deep.equal(message)
        expect(text).not.to.match(/[\r\n]/)
      }),
      { seed, numRuns: 2000 },
    )
  })
})

describe('hex and JSON', () => {
  it('print any message so that it can be told from all others', () => {
    fc.assert(
      fc.property(anyMessage, (bytes) => {
        const message = Buffer.from(bytes)
        expect(Buffer.from(toHex(message).replaceAll(' ', ''), 'hex')).to.deep.equal(message)
        const { data, text } = JSON.parse(toJson(message)) as { data: string; text?: string }
        expect(Buffer.from(data, 'base64')).to.deep.equal(message)
        if (text !== undefined) expect(Buffer.from(text)).to.deep.equal(message)
      }),
      { seed, numRuns: 500 },
    )
  })
})
