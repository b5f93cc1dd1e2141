import type { Readable, Transform } from 'node:stream'
import { FramingError } from '../errors.js'

const sources = new WeakMap<object, Readable>()

/** Remembers what is piped into a stream, for {@link isDestroyedByReader}. */
export function rememberSource(stream: Transform): void {
  stream.on('pipe', remember)
}

/**
 * Whether a stream that is being destroyed with an error is given up by its reader, who wants nothing more; else its source has
 * failed, and what arrived before that is still to be read.
 */
export function isDestroyedByReader(stream: Transform, error: (Error & { readonly code?: unknown }) | null): boolean {
  if (error instanceof FramingError) return false
  // destroy() alone, a loop that was left, and signals of any kind.
  if (error === null || error.name === 'AbortError') return true
  const source = sources.get(stream)
  if (source !== undefined) return source.errored !== error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE'
  // pipeline() writes what an iterable gives by itself, and listens for 'drain' as long as it does.
  return stream.listenerCount('drain') === 0
}

// One function for all streams: a closure for each would cost every peer.
function remember(this: Transform, source: Readable): void {
  sources.set(this, source)
}
