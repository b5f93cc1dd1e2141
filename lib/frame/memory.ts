import { isBytes } from '../arguments.js'

/** What this file asks of Node's Buffer; browsers have none. */
interface NodeBuffer {
  readonly [Symbol.species]?: Uint8ArrayConstructor
  allocUnsafe?(length: number): Uint8Array<ArrayBuffer>
  allocUnsafeSlow?(length: number): Uint8Array<ArrayBuffer>
}

// Read from globalThis, so that no bundler adds a polyfill for it.
const { Buffer } = globalThis as { Buffer?: NodeBuffer }

/**
 * Makes views: in Node they are true Buffers, elsewhere Uint8Arrays.
 *
 * The species constructor is what `Buffer.subarray` calls after its argument checks. Without them a view costs half as
 * much, and the view is most of what a small message costs (benchmarks/memory.ts, row "views by subarray").
 */
export const ByteView: Uint8ArrayConstructor = Buffer?.[Symbol.species] ?? Uint8Array

// From here on, clearing memory that is about to be overwritten costs more than asking Node for memory as it is.
const CLEARED_BELOW = 4096

/** Memory of its own for `length` bytes. Not cleared: it may hold old bytes. */
export function allocate(length: number): Uint8Array<ArrayBuffer> {
  return length < CLEARED_BELOW || Buffer?.allocUnsafeSlow === undefined
    ? new ByteView(length)
    : Buffer.allocUnsafeSlow(length)
}

/**
 * Memory for `length` bytes, of which several small ones may share a larger piece, as `Buffer.allocUnsafe` has it. A
 * quarter of the time of {@link allocate} at 1 KiB. Not cleared: it may hold old bytes.
 */
export function allocateShared(length: number): Uint8Array<ArrayBuffer> {
  return Buffer?.allocUnsafe === undefined ? new ByteView(length) : Buffer.allocUnsafe(length)
}

// Up to here a loop beats the fixed cost of calling `set`.
const COPY_BY_LOOP_UP_TO = 32

/**
 * Copies what fits of `source`, from index `start` up to `end`, into `target`, starting at index `at`.
 *
 * @returns The number of bytes that it copied.
 */
export function copyInto(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start = 0,
  end: number = source.length,
): number {
  const length = Math.min(end - start, target.length - at)
  if (length <= COPY_BY_LOOP_UP_TO) for (let i = 0; i < length; i++) target[at + i] = source[start + i]!
  else
    target.set(length === source.length ? source : new ByteView(source.buffer, source.byteOffset + start, length), at)
  return length
}

/** The same bytes in memory of their own. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = allocate(bytes.length)
  copyInto(copy, 0, bytes)
  return copy
}

/** Bytes of another realm as a view that this realm's streams accept; any other value as it is. */
export function localBytes<T>(value: T): T | Uint8Array {
  if (value instanceof Uint8Array || !isBytes(value)) return value
  return new ByteView(value.buffer, value.byteOffset, value.length)
}

/** Whether `expected` stands in `bytes` at index `start`. */
export function isAt(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  return expected.every((byte, i) => byte === bytes[start + i])
}

/** Hex of bytes, as errors write it: `00 05`. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
