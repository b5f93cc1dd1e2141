import { nameOf } from '../arguments.js'
import type { LengthField } from './length-field.js'

// Eight groups of seven bits hold 2^53 - 1, the largest integer that a number tells exactly.
const MOST_BYTES = 8

/**
 * A length in groups of seven bits, lowest group first, with the high bit set on every byte but the last.
 *
 *     300 = 0b10_0101100    +------- AC -------+------- 02 -------+
 *                           | 1 (more) 0101100 | 0 (last) 0000010 |
 *
 * Only the shortest form of a value is accepted, so that every value has one encoding.
 * Source: Protocol Buffers encoding guide, "Base 128 Varints". MQTT writes the same with `maxSize` 4.
 *
 * @param maxSize Most bytes that the field may take, 1 to 8. Longer ones are refused at that byte, without waiting for their end.
 * @throws {RangeError} If `maxSize` is no integer from 1 to 8.
 */
export function varintOf(maxSize: number): LengthField {
  if (!Number.isInteger(maxSize) || maxSize < 1 || maxSize > MOST_BYTES) {
    throw new RangeError(`Cannot use maxSize: expected an integer from 1 to ${MOST_BYTES}, got ${nameOf(maxSize)}`)
  }
  return {
    name: 'varint',
    minSize: 1,
    maxSize,
    maxValue: Math.min(2 ** (7 * maxSize) - 1, Number.MAX_SAFE_INTEGER),
    sizeOf,
    measure: (bytes, start, end) => {
      const last = Math.min(end, start + maxSize)
      for (let i = start; i < last; i++) if (bytes[i]! < 0x80) return i + 1 - start
      return last === start + maxSize ? maxSize : undefined
    },
    read,
    write,
  }
}

/** Protobuf's base-128 varint of up to eight bytes, shortest form only. */
export const varint: LengthField = varintOf(MOST_BYTES)

function sizeOf(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

function read(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes[end - 1]!
  const unfinished = last >= 0x80
  const overlong = last === 0 && end - start > 1
  if (unfinished || overlong) return NaN
  // Groups are added by arithmetic: shifts would wrap after 32 bits.
  let value = last
  for (let i = end - 2; i >= start; i--) value = value * 0x80 + (bytes[i]! & 0x7f)
  return value > Number.MAX_SAFE_INTEGER ? NaN : value
}

function write(bytes: Uint8Array, start: number, end: number, value: number): void {
  let rest = value
  for (let i = start; i < end - 1; i++) {
    bytes[i] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[end - 1] = rest
}
