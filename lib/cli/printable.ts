import { isUtf8 } from 'node:buffer'

// What a terminal obeys instead of showing it, and what would make one line look like two or read backwards.
const UNSAFE = /[^\P{Cc}\t]|[\p{Bidi_Control}\p{Zl}\p{Zp}]/gu
const UNSAFE_OR_NOT_ASCII = /[^\t\x20-\x7e]/g

/** The text of a message, on one line and harmless to a terminal: `\n`, `\x1b`, `\u{202e}`. */
export function printable(message: Buffer): string {
  return isUtf8(message)
    ? message.toString().replace(UNSAFE, escape)
    : message.toString('latin1').replace(UNSAFE_OR_NOT_ASCII, escape)
}

function escape(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  const code = character.codePointAt(0)!.toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`
}
