/**
 * How a length is written on the wire. Implement it for a field that is none of the ready ones, such as decimal digits.
 *
 * A field has between `minSize` and `maxSize` bytes; where both are the same, there is nothing to `measure`.
 */
export interface LengthField {
  /** What errors call the field. */
  readonly name: string
  /** Fewest bytes that the field takes. At least 1. */
  readonly minSize: number
  /** Most bytes that the field takes. */
  readonly maxSize: number
  /** Largest value that the field can say. */
  readonly maxValue: number
  /** Bytes that the field takes when it says `value`. */
  sizeOf(value: number): number
  /**
   * Bytes of the field that starts at index `start`; the bytes up to index `end`, at least `minSize`, have arrived.
   *
   * It may answer as soon as it can tell, before all of the field is there. `undefined` means that more must arrive to
   * tell. Once `maxSize` bytes are there that is no answer any more: the frame is refused, as for a size above `maxSize`.
   */
  measure?(bytes: Uint8Array, start: number, end: number): number | undefined
  /** Value of the field from index `start` up to `end`; `NaN` if those bytes say no length. */
  read(bytes: Uint8Array, start: number, end: number): number
  /**
   * Writes `value` from index `start` up to `end`, which is `sizeOf(value)` further on. Where the layout keeps the field in
   * the message, the bytes there are the message's own; if they say `value` already, in whatever form, they are left as they
   * are. It must not throw: whether `value` fits was asked before.
   */
  write(bytes: Uint8Array, start: number, end: number, value: number): void
}

type Read = (bytes: Uint8Array, at: number) => number
type Write = (bytes: Uint8Array, at: number, value: number) => void

// The functions below are called with indices that their caller has checked, hence the `!`.
const be16: Read = (bytes, at) => (bytes[at]! << 8) | bytes[at + 1]!
const le16: Read = (bytes, at) => bytes[at]! | (bytes[at + 1]! << 8)
const be32: Read = (bytes, at) => be16(bytes, at) * 0x1_0000 + be16(bytes, at + 2)
const le32: Read = (bytes, at) => le16(bytes, at) + le16(bytes, at + 2) * 0x1_0000

// Told from the high half alone, before a rounded number could come about.
const join64 = (high: number, low: number): number => (high > 0x1f_ffff ? NaN : high * 0x1_0000_0000 + low)

// Storing into a byte array keeps the lowest eight bits, and `>>>` the lowest 32 of a number however large.
const putBe16: Write = (bytes, at, value) => {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}
const putLe16: Write = (bytes, at, value) => {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
}
const putBe32: Write = (bytes, at, value) => {
  putBe16(bytes, at, value >>> 16)
  putBe16(bytes, at + 2, value >>> 0)
}
const putLe32: Write = (bytes, at, value) => {
  putLe16(bytes, at, value >>> 0)
  putLe16(bytes, at + 2, value >>> 16)
}
const high32 = (value: number): number => Math.floor(value / 0x1_0000_0000)

function fixed(name: string, size: number, read: Read, write: Write): LengthField {
  return {
    name,
    minSize: size,
    maxSize: size,
    maxValue: Math.min(256 ** size - 1, Number.MAX_SAFE_INTEGER),
    sizeOf: () => size,
    read,
    write: (bytes, start, _end, value) => {
      write(bytes, start, value)
    },
  }
}

/** One byte. */
export const uint8: LengthField = fixed(
  'uint8',
  1,
  (bytes, at) => bytes[at]!,
  (bytes, at, value) => {
    bytes[at] = value
  },
)

/** Two bytes, big-endian. */
export const uint16be: LengthField = fixed('uint16be', 2, be16, putBe16)

/** Two bytes, little-endian. */
export const uint16le: LengthField = fixed('uint16le', 2, le16, putLe16)

/** Three bytes, big-endian. */
export const uint24be: LengthField = fixed(
  'uint24be',
  3,
  (bytes, at) => (bytes[at]! << 16) | be16(bytes, at + 1),
  (bytes, at, value) => {
    bytes[at] = value >>> 16
    putBe16(bytes, at + 1, value)
  },
)

/** Three bytes, little-endian. */
export const uint24le: LengthField = fixed(
  'uint24le',
  3,
  (bytes, at) => le16(bytes, at) | (bytes[at + 2]! << 16),
  (bytes, at, value) => {
    putLe16(bytes, at, value)
    bytes[at + 2] = value >>> 16
  },
)

/** Four bytes, big-endian: network order, and the default. */
export const uint32be: LengthField = fixed('uint32be', 4, be32, putBe32)

/** Four bytes, little-endian. */
export const uint32le: LengthField = fixed('uint32le', 4, le32, putLe32)

/** Six bytes, big-endian. */
export const uint48be: LengthField = fixed(
  'uint48be',
  6,
  (bytes, at) => be16(bytes, at) * 0x1_0000_0000 + be32(bytes, at + 2),
  (bytes, at, value) => {
    putBe16(bytes, at, high32(value))
    putBe32(bytes, at + 2, value)
  },
)

/** Six bytes, little-endian. */
export const uint48le: LengthField = fixed(
  'uint48le',
  6,
  (bytes, at) => le32(bytes, at) + le16(bytes, at + 4) * 0x1_0000_0000,
  (bytes, at, value) => {
    putLe32(bytes, at, value)
    putLe16(bytes, at + 4, high32(value))
  },
)

/** Eight bytes, big-endian. Values above 2^53 - 1 are refused. */
export const uint64be: LengthField = fixed(
  'uint64be',
  8,
  (bytes, at) => join64(be32(bytes, at), be32(bytes, at + 4)),
  (bytes, at, value) => {
    putBe32(bytes, at, high32(value))
    putBe32(bytes, at + 4, value)
  },
)

/** Eight bytes, little-endian. Values above 2^53 - 1 are refused. */
export const uint64le: LengthField = fixed(
  'uint64le',
  8,
  (bytes, at) => join64(le32(bytes, at + 4), le32(bytes, at)),
  (bytes, at, value) => {
    putLe32(bytes, at, value)
    putLe32(bytes, at + 4, high32(value))
  },
)
