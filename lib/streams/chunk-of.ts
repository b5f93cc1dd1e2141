import { assertBytes } from '../arguments.js'
import { localBytes } from '../frame/memory.js'

/**
 * A chunk as streams of this realm accept it: bytes, or text that the stream is to make bytes of.
 *
 * @throws {TypeError} If it is anything else, before the stream finds its own words for that.
 */
export function chunkOf(chunk: unknown): Uint8Array | string {
  if (chunk instanceof Uint8Array || typeof chunk === 'string') return chunk
  assertBytes(chunk, 'append chunk')
  return localBytes(chunk)
}

/** What `end()` may be given first: a chunk, a callback, or nothing. */
export function lastChunkOf(chunk: unknown): unknown {
  return chunk === undefined || chunk === null || typeof chunk === 'function' ? chunk : chunkOf(chunk)
}
