import { isUtf8 } from 'node:buffer'

// What a terminal obeys instead of showing it, what makes one line look like two or read backwards, and what cannot be seen,
// except where it changes the look of its neighbours, as in 👨‍👩‍👧. The backslash too, since it begins every escape.
const UNSAFE =
  /[^\P{Cc}\t]|[\\\p{Zl}\p{Zp}]|(?![\p{Join_Control}\p{Variation_Selector}])\p{Default_Ignorable_Code_Point}/gu
const UNSAFE_BYTES = /[^\t\x20-\x5b\x5d-\x7e]/g

const TAB = 0x09
const BACKSLASH = 0x5c

/**
 * The text of a message, on one line and harmless to a terminal. No two messages have the same: `\\` is a backslash,
 * `\n` and `\r` are line ends, `\x1b` is a byte, and `\u{202e}` is a character beyond ASCII. A message that is no UTF-8 has
 * all of its bytes beyond ASCII escaped.
 */
export function printable(message: Buffer): string {
  if (isPlain(message)) return message.toString('latin1')
  return isUtf8(message)
    ? message.toString().replace(UNSAFE, escapeCharacter)
    : message.toString('latin1').replace(UNSAFE_BYTES, escapeByte)
}

// Most messages have nothing to escape. Asked first, since the expressions take longer than all else for a short one.
function isPlain(message: Buffer): boolean {
  let i = 0
  while (i < message.length && isPlainByte(message[i]!)) i++
  return i === message.length
}

function isPlainByte(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f && byte !== BACKSLASH) || byte === TAB
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!
  return code < 0x80 ? escapeByte(character) : `\\u{${code.toString(16)}}`
}

// Of a message that is no UTF-8, a character stands for a byte.
function escapeByte(character: string): string {
  if (character === '\\') return '\\\\'
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
