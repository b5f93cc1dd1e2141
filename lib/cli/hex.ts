const DIGITS = Buffer.from('0123456789abcdef')
const SPACE = 0x20

/** Hex of bytes, to compare and to read: `00 05 68`. */
export function toHex(bytes: Uint8Array): string {
  const text = Buffer.alloc(bytes.length * 3, SPACE)
  for (let i = 0; i < bytes.length; i++) {
    text[3 * i] = DIGITS[bytes[i]! >> 4]!
    text[3 * i + 1] = DIGITS[bytes[i]! & 0xf]!
  }
  return text.toString('latin1', 0, Math.max(text.length - 1, 0))
}

/**
 * Bytes from hex, with any spaces between them.
 *
 * @throws {Error} If the text is something else.
 */
export function fromHex(text: Buffer): Buffer {
  const digits = withoutSpaces(text)
  // Node reads as far as there are digits.
  const bytes = Buffer.from(digits.toString('latin1'), 'hex')
  if (2 * bytes.length === digits.length) return bytes
  const start = JSON.stringify(text.toString('utf8', 0, 40))
  throw new Error(`Cannot read hex: expected two digits for each byte, got ${start}`)
}

/** Text without its spaces, tabs and line ends, of which hex may have any number. */
export function withoutSpaces(text: Buffer): Buffer {
  return text.filter((byte) => byte !== SPACE && (byte < 0x09 || byte > 0x0d)) as Buffer
}
