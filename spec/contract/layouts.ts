import {
  berLength,
  type EncodeOptions,
  type LengthField,
  quicVarint,
  uint8,
  uint16be,
  uint16le,
  uint24be,
  uint24le,
  uint32le,
  uint48be,
  uint48le,
  uint64be,
  uint64le,
  varint,
  varintOf,
} from '../../lib/frame.js'
import { hex } from '../support/bytes.js'

/** A layout, and what it makes of messages, written by hand. */
export interface LayoutCase {
  readonly name: string
  readonly options: EncodeOptions
  /** Messages and their frames, in hex. */
  readonly frames: readonly (readonly [message: string, frame: string])[]
}

const HI = '68 69'

// Two digits, the first of which may be a space.
const twoDigits: LengthField = {
  name: 'two digits',
  minSize: 2,
  maxSize: 2,
  maxValue: 99,
  sizeOf: () => 2,
  read: (bytes, start, end) => {
    const digits = String.fromCharCode(...bytes.subarray(start, end))
    return /^[ \d]\d$/.test(digits) ? Number(digits) : NaN
  },
  write: (bytes, start, _end, value) => {
    bytes[start] = 0x30 + Math.floor(value / 10)
    bytes[start + 1] = 0x30 + (value % 10)
  },
}

/** Every field, and every option that moves the message in its frame. */
export const layouts: readonly LayoutCase[] = [
  {
    name: 'default',
    options: {},
    frames: [
      [HI, `00 00 00 02 ${HI}`],
      ['', '00 00 00 00'],
      ['ff', '00 00 00 01 ff'],
    ],
  },
  {
    name: 'uint8',
    options: { lengthField: uint8 },
    frames: [
      [HI, `02 ${HI}`],
      ['', '00'],
    ],
  },
  {
    name: 'uint16be',
    options: { lengthField: uint16be },
    frames: [
      [HI, `00 02 ${HI}`],
      ['', '00 00'],
    ],
  },
  {
    name: 'uint16le',
    options: { lengthField: uint16le },
    frames: [
      [HI, `02 00 ${HI}`],
      ['', '00 00'],
    ],
  },
  {
    name: 'uint24be',
    options: { lengthField: uint24be },
    frames: [
      [HI, `00 00 02 ${HI}`],
      ['', '00 00 00'],
    ],
  },
  {
    name: 'uint24le',
    options: { lengthField: uint24le },
    frames: [
      [HI, `02 00 00 ${HI}`],
      ['', '00 00 00'],
    ],
  },
  {
    name: 'uint32le',
    options: { lengthField: uint32le },
    frames: [
      [HI, `02 00 00 00 ${HI}`],
      ['', '00 00 00 00'],
    ],
  },
  { name: 'uint48be', options: { lengthField: uint48be }, frames: [[HI, `00 00 00 00 00 02 ${HI}`]] },
  { name: 'uint48le', options: { lengthField: uint48le }, frames: [[HI, `02 00 00 00 00 00 ${HI}`]] },
  { name: 'uint64be', options: { lengthField: uint64be }, frames: [[HI, `00 00 00 00 00 00 00 02 ${HI}`]] },
  { name: 'uint64le', options: { lengthField: uint64le }, frames: [[HI, `02 00 00 00 00 00 00 00 ${HI}`]] },
  {
    name: 'varint',
    options: { lengthField: varint },
    frames: [
      [HI, `02 ${HI}`],
      ['', '00'],
      ['01 '.repeat(200), `c8 01 ${'01 '.repeat(200)}`],
    ],
  },
  {
    name: 'varint behind a type byte, kept',
    options: { lengthField: varintOf(4), lengthFieldOffset: 1, initialBytesToStrip: 0 },
    frames: [
      ['c0 00', 'c0 00'],
      [`30 03 00 ${HI}`, `30 03 00 ${HI}`],
      [`31 80 01${' 07'.repeat(128)}`, `31 80 01${' 07'.repeat(128)}`],
    ],
  },
  {
    name: 'varint behind two bytes that are stripped',
    options: { lengthField: varint, lengthFieldOffset: 2, header: hex('ca fe') },
    frames: [
      [HI, `ca fe 02 ${HI}`],
      ['', 'ca fe 00'],
    ],
  },
  {
    name: 'a BER length',
    options: { lengthField: berLength },
    frames: [
      [HI, `02 ${HI}`],
      ['', '00'],
      ['01 '.repeat(200), `81 c8 ${'01 '.repeat(200)}`],
      ['01 '.repeat(300), `82 01 2c ${'01 '.repeat(300)}`],
    ],
  },
  {
    name: 'a BER length behind a tag, kept in whatever form it came',
    options: { lengthField: berLength, lengthFieldOffset: 1, initialBytesToStrip: 0 },
    frames: [
      ['30 03 02 01 0a', '30 03 02 01 0a'],
      ['30 81 03 02 01 0a', '30 81 03 02 01 0a'],
      ['30 84 00 00 00 03 02 01 0a', '30 84 00 00 00 03 02 01 0a'],
      ['05 88 00 00 00 00 00 00 00 00', '05 88 00 00 00 00 00 00 00 00'],
    ],
  },
  {
    name: 'a QUIC varint',
    options: { lengthField: quicVarint },
    frames: [
      [HI, `02 ${HI}`],
      ['', '00'],
      ['01 '.repeat(64), `40 40 ${'01 '.repeat(64)}`],
    ],
  },
  {
    name: 'a QUIC varint behind a type byte, kept in whatever form it came',
    options: { lengthField: quicVarint, lengthFieldOffset: 1, initialBytesToStrip: 0 },
    frames: [
      [`00 02 ${HI}`, `00 02 ${HI}`],
      [`00 40 02 ${HI}`, `00 40 02 ${HI}`],
      [`04 80 00 00 02 ${HI}`, `04 80 00 00 02 ${HI}`],
      ['07 c0 00 00 00 00 00 00 00', '07 c0 00 00 00 00 00 00 00'],
    ],
  },
  {
    name: 'a field of fixed size, kept in whatever form it came',
    options: { lengthField: twoDigits, initialBytesToStrip: 0, lengthAdjustment: -2 },
    frames: [
      ['30 34 68 69', '30 34 68 69'],
      ['20 34 68 69', '20 34 68 69'],
    ],
  },
  {
    name: 'a length that counts itself',
    options: { lengthAdjustment: -4 },
    frames: [
      [HI, `00 00 00 06 ${HI}`],
      ['', '00 00 00 04'],
    ],
  },
  {
    name: 'a type byte in front, length counts itself, kept',
    options: { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 },
    frames: [
      [`51 00 00 00 06 ${HI}`, `51 00 00 00 06 ${HI}`],
      ['58 00 00 00 04', '58 00 00 00 04'],
    ],
  },
  {
    name: 'header bytes behind the field that it does not count, kept',
    options: { lengthField: uint24be, lengthAdjustment: 6, initialBytesToStrip: 0 },
    frames: [
      ['00 00 00 04 00 00 00 00 00', '00 00 00 04 00 00 00 00 00'],
      [`00 00 02 00 01 00 00 00 03 ${HI}`, `00 00 02 00 01 00 00 00 03 ${HI}`],
    ],
  },
  {
    name: 'a header template around the field',
    options: { lengthField: uint16le, lengthFieldOffset: 2, header: hex('ab cd 99 99') },
    frames: [
      [HI, `ab cd 02 00 ${HI}`],
      ['', 'ab cd 00 00'],
    ],
  },
  {
    name: 'a strip that ends before the field',
    options: { lengthField: uint16be, lengthFieldOffset: 2, initialBytesToStrip: 1, header: hex('ee') },
    frames: [[`07 00 02 ${HI}`, `ee 07 00 02 ${HI}`]],
  },
  {
    name: 'a strip that ends behind the field',
    options: { lengthField: uint8, initialBytesToStrip: 3 },
    frames: [
      [HI, `04 00 00 ${HI}`],
      ['', '02 00 00'],
    ],
  },
  {
    name: 'a trailer',
    options: { lengthField: uint16be, lengthFieldOffset: 1, trailer: hex('ce 0a'), header: hex('01') },
    frames: [
      [HI, `01 00 02 ${HI} ce 0a`],
      ['', '01 00 00 ce 0a'],
    ],
  },
  {
    name: 'a trailer behind a kept header',
    options: { lengthFieldOffset: 3, initialBytesToStrip: 0, trailer: hex('ce') },
    frames: [[`01 00 00 00 00 00 02 ${HI}`, `01 00 00 00 00 00 02 ${HI} ce`]],
  },
  {
    name: 'copies',
    options: { copy: true },
    frames: [
      [HI, `00 00 00 02 ${HI}`],
      ['', '00 00 00 00'],
    ],
  },
]

/** Bytes that are no frame, and why. The messages before them come first. */
export interface FaultCase {
  readonly name: string
  readonly options: EncodeOptions
  readonly wire: string
  readonly messages: readonly string[]
  readonly code: string
  readonly offset: number
}

export const faults: readonly FaultCase[] = [
  {
    name: 'a length above the limit',
    options: { maxMessageLength: 3 },
    wire: '00 00 00 03 01 02 03 00 00 00 04 01 02 03 04',
    messages: ['01 02 03'],
    code: 'ERR_MESSAGE_TOO_LARGE',
    offset: 7,
  },
  {
    name: 'a length above 2^53 - 1',
    options: { lengthField: uint64be, maxMessageLength: Infinity },
    wire: '00 00 00 00 00 00 00 00 00 20 00 00 00 00 00 00',
    messages: [''],
    code: 'ERR_LENGTH_INVALID',
    offset: 8,
  },
  {
    name: 'a length below its own header',
    options: { lengthAdjustment: -4 },
    wire: '00 00 00 05 aa 00 00 00 03',
    messages: ['aa'],
    code: 'ERR_LENGTH_INVALID',
    offset: 5,
  },
  {
    name: 'a frame shorter than what is stripped',
    options: { lengthField: uint8, initialBytesToStrip: 3 },
    wire: '03 00 00 aa 01 00',
    messages: ['aa'],
    code: 'ERR_LENGTH_INVALID',
    offset: 4,
  },
  {
    name: 'an overlong varint',
    options: { lengthField: varint },
    wire: '01 aa 80 80 00 01 42',
    messages: ['aa'],
    code: 'ERR_LENGTH_INVALID',
    offset: 2,
  },
  {
    name: 'a varint that does not end',
    options: { lengthField: varintOf(4) },
    wire: '01 aa ff ff ff ff ff ff',
    messages: ['aa'],
    code: 'ERR_LENGTH_INVALID',
    offset: 2,
  },
  {
    name: 'a varint above 2^53 - 1',
    options: { lengthField: varint, maxMessageLength: Infinity },
    wire: 'ff ff ff ff ff ff ff 7f',
    messages: [],
    code: 'ERR_LENGTH_INVALID',
    offset: 0,
  },
  {
    name: 'a BER length that is indefinite',
    options: { lengthField: berLength },
    wire: '01 aa 80 01',
    messages: ['aa'],
    code: 'ERR_LENGTH_INVALID',
    offset: 2,
  },
  {
    name: 'a BER length of more bytes than are accepted',
    options: { lengthField: berLength },
    wire: '01 aa 89',
    messages: ['aa'],
    code: 'ERR_LENGTH_INVALID',
    offset: 2,
  },
  {
    name: 'a BER length above 2^53 - 1',
    options: { lengthField: berLength, maxMessageLength: Infinity },
    wire: '88 00 20 00 00 00 00 00 00',
    messages: [],
    code: 'ERR_LENGTH_INVALID',
    offset: 0,
  },
  {
    name: 'a QUIC varint above 2^53 - 1',
    options: { lengthField: quicVarint, maxMessageLength: Infinity },
    wire: 'ff ff ff ff ff ff ff ff',
    messages: [],
    code: 'ERR_LENGTH_INVALID',
    offset: 0,
  },
  {
    name: 'a field that tells no size',
    options: { lengthField: { ...varintOf(3), measure: () => undefined } },
    wire: '01 02 03',
    messages: [],
    code: 'ERR_LENGTH_INVALID',
    offset: 0,
  },
  ...[0, -1, 0.5, 4, NaN, Infinity].map((size) => ({
    name: `a field that tells a size of ${size}`,
    options: { lengthField: { ...varintOf(3), measure: () => size } },
    wire: '01 02 03 04 05',
    messages: [],
    code: 'ERR_LENGTH_INVALID',
    offset: 0,
  })),
  ...[1.5, -1, Infinity, 2 ** 53].map((value) => ({
    name: `a field that says ${value}`,
    options: { lengthField: { ...uint8, read: () => value }, maxMessageLength: Infinity },
    wire: '01 02 03 04 05',
    messages: [],
    code: 'ERR_LENGTH_INVALID',
    offset: 0,
  })),
  {
    name: 'a length that its adjustment takes above 2^53 - 1',
    options: { lengthField: uint64be, lengthAdjustment: 8 },
    wire: '00 1f ff ff ff ff ff ff',
    messages: [],
    code: 'ERR_LENGTH_INVALID',
    offset: 0,
  },
  {
    name: 'a wrong trailer',
    options: { lengthField: uint8, trailer: hex('ce') },
    wire: '01 aa ce 02 bb bb cf',
    messages: ['aa'],
    code: 'ERR_LENGTH_INVALID',
    offset: 3,
  },
]
