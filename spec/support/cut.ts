/** The input in pieces that end at the given offsets, in copies, so that nothing depends on a shared buffer. */
export function cut(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const ends = [...offsets].sort((a, b) => a - b)
  return [0, ...ends].map((start, i) => bytes.slice(start, ends[i] ?? bytes.length))
}

/** Every input cut once, at every byte. */
export function everyCut(bytes: Uint8Array): Uint8Array[][] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => cut(bytes, [at]))
}

/** One chunk a byte. */
export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte))
}
