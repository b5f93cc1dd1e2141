import type { LengthField } from './length-field.js'

// Behind the first byte; they hold 2^53 - 1 and more.
const MOST_BYTES = 8
const LONG_FORM = 0x80

/**
 * A length as ASN.1 has it in BER and DER, after the tag: LDAP, SNMP, X.509.
 *
 *     short form   +- 05 -+                          up to 127
 *     long form    +- 82 -+- 01 2c -+                0x80 and the number of bytes that follow: 300
 *
 * Written in the fewest bytes, as DER wants it. Every longer form of up to nine bytes is read, as BER allows it: LDAP
 * servers send `84 00 00 00 05`. The indefinite length `80` is refused: nothing in it says how long the rest is.
 * Source: ITU-T X.690, section 8.1.3.
 */
export const berLength: LengthField = {
  name: 'BER length',
  minSize: 1,
  maxSize: 1 + MOST_BYTES,
  maxValue: Number.MAX_SAFE_INTEGER,
  sizeOf: (value) => {
    let size = 1
    if (value >= LONG_FORM) for (let rest = value; rest > 0; rest = Math.floor(rest / 0x100)) size++
    return size
  },
  measure: (bytes, start) => {
    const following = bytes[start]! - LONG_FORM
    // The first byte alone, which `read` refuses, where it announces more.
    return following > 0 && following <= MOST_BYTES ? 1 + following : 1
  },
  read: (bytes, start, end) => {
    if (end === start + 1) return bytes[start]! < LONG_FORM ? bytes[start]! : NaN
    // By arithmetic: shifts would wrap after 32 bits.
    let value = 0
    for (let i = start + 1; i < end; i++) value = value * 0x100 + bytes[i]!
    return value > Number.MAX_SAFE_INTEGER ? NaN : value
  },
  write: (bytes, start, end, value) => {
    const following = end - start - 1
    if (following === 0) {
      bytes[start] = value
      return
    }
    bytes[start] = LONG_FORM + following
    let rest = value
    for (let i = end - 1; i > start; i--) {
      // Storing into a byte array keeps the lowest eight bits.
      bytes[i] = rest
      rest = Math.floor(rest / 0x100)
    }
  },
}
