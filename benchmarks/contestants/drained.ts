/** The part of a writable stream that all stream libraries have. */
interface Drainable {
  once(event: 'drain', listener: () => void): unknown
}

/** Resolves with the next `'drain'` of a stream. */
export function drained(stream: Drainable): Promise<void> {
  return new Promise((resolve) => stream.once('drain', resolve))
}
