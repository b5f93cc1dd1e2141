import { expect } from 'chai'
import { printable } from '../../lib/cli/printable.js'

const print = (text: string) => printable(Buffer.from(text))

describe('printable', () => {
  it('leaves text of all languages as it is', () => {
    const text = 'naïve 日本語 👨‍👩‍👧 שלום\tend \\n'
    expect(print(text)).to.equal(text)
  })

  it('escapes whatever a terminal would obey', () => {
    expect(print('\x1b[2J\x07\x7f\u009b31m')).to.equal('\\x1b[2J\\x07\\x7f\\x9b31m')
  })

  it('keeps a message on one line', () => {
    expect(print('a\r\nb\u2028c\u2029d\x85')).to.equal('a\\r\\nb\\u{2028}c\\u{2029}d\\x85')
  })

  it('escapes what turns the reading direction', () => {
    expect(print('exe.\u202egpj\u2066')).to.equal('exe.\\u{202e}gpj\\u{2066}')
  })

  it('escapes every byte beyond ASCII of a message that is no text', () => {
    expect(printable(Buffer.from([0x68, 0x69, 0xff, 0x00, 0xc3, 0xa9]))).to.equal('hi\\xff\\x00\\xc3\\xa9')
  })

  it('prints nothing for an empty message', () => {
    expect(print('')).to.equal('')
  })
})
