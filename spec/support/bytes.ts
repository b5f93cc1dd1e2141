/** Bytes from hex, with any spaces between: `hex('00 05 68')`. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (digits) => Number.parseInt(digits, 16))
}

/** Hex of bytes, to compare and to read: `'00 05 68'`. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** The bytes of a text. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** All parts, one behind the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Whether both hold the same bytes. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  // A loop: `every` calls back for each byte, of megabytes.
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}

/** `length` bytes that differ from their neighbours. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + (i >> 8)
  return bytes
}
