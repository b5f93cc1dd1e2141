import type { Writable } from 'node:stream'

/** What was written to a stream and has not reached its `_write`. */
export function writtenAhead(stream: Writable): unknown[] {
  // Streams have this property, their types do not; entries that are done are null.
  const { writableBuffer } = stream as unknown as { writableBuffer: readonly ({ chunk: unknown } | null)[] }
  return writableBuffer.flatMap((entry) => (entry === null ? [] : [entry.chunk]))
}
