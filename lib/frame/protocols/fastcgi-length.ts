import { type LengthField, uint16be } from '../length-field.js'

/**
 * The two lengths of a FastCGI record as one field, whose value is their sum.
 *
 *     +- content length: 2 -+- padding length: 1 -+
 *     |        00 0f        |          01         |   value: 16
 *
 * Writing keeps the padding length that is already there, the message's own, and gives the rest to the content.
 */
export const fastcgiLength: LengthField = {
  name: 'FastCGI length',
  minSize: 3,
  maxSize: 3,
  // As much as fits without padding: whether more does, the value alone does not tell. A record that has its lengths is
  // sent as it is.
  maxValue: uint16be.maxValue,
  sizeOf: () => 3,
  measure: () => 3,
  read: (bytes, start, end) => uint16be.read(bytes, start, end - 1) + bytes[end - 1]!,
  write: (bytes, start, end, value) => {
    // A padding longer than the value is impossible: none then.
    if (bytes[end - 1]! > value) bytes[end - 1] = 0
    uint16be.write(bytes, start, end - 1, value - bytes[end - 1]!)
  },
}
