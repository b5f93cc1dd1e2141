/** Hex of bytes, to compare and to read: `00 05 68`. */
export function toHex(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$& ')
}

/**
 * Bytes from hex, with any spaces between them.
 *
 * @throws {Error} If the text is something else.
 */
export function fromHex(text: Buffer): Buffer {
  const digits = text.toString('latin1').replace(/\s+/g, '')
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    const start = JSON.stringify(text.toString().slice(0, 40))
    throw new Error(`Cannot read hex: expected two digits for each byte, got ${start}`)
  }
  return Buffer.from(digits, 'hex')
}
