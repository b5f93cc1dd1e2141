import type { LengthField } from './length-field.js'

/**
 * A variable-length integer of QUIC, which HTTP/3 and WebTransport use too: the two highest bits of the first byte tell
 * how many bytes the field has, the others are the value, big-endian.
 *
 *     00…  1 byte, up to 63        10…  4 bytes, up to 2^30 - 1
 *     01…  2 bytes, up to 16,383   11…  8 bytes, up to 2^62 - 1, of which those above 2^53 - 1 are refused
 *
 * Written in the fewest bytes; longer forms of a value are read too, as QUIC has it.
 * Source: RFC 9000, section 16.
 */
export const quicVarint: LengthField = {
  name: 'QUIC varint',
  minSize: 1,
  maxSize: 8,
  maxValue: Number.MAX_SAFE_INTEGER,
  sizeOf: (value) => (value < 0x40 ? 1 : value < 0x4000 ? 2 : value < 0x4000_0000 ? 4 : 8),
  measure: (bytes, start) => 1 << (bytes[start]! >> 6),
  read: (bytes, start, end) => {
    let value = bytes[start]! & 0x3f
    // By arithmetic: shifts would wrap after 32 bits.
    for (let i = start + 1; i < end; i++) value = value * 0x100 + bytes[i]!
    return value > Number.MAX_SAFE_INTEGER ? NaN : value
  },
  write: (bytes, start, end, value) => {
    let rest = value
    for (let i = end - 1; i >= start; i--) {
      // Storing into a byte array keeps the lowest eight bits.
      bytes[i] = rest
      rest = Math.floor(rest / 0x100)
    }
    // 1, 2, 4 or 8 bytes: their logarithm goes into the two highest bits.
    bytes[start]! |= (31 - Math.clz32(end - start)) << 6
  },
}
