import { isBytes, nameOf } from '../arguments.js'

/**
 * Refuses what no loop could read, and bytes, which a loop would read as numbers.
 *
 * @param action What could not be done, and with what: `decode`, `chunks`.
 * @throws {TypeError} If `source` is no iterable of chunks or messages.
 */
export function assertSource(source: unknown, action: 'decode' | 'encode', items: 'chunks' | 'messages'): void {
  const isIterable =
    typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source)
  if (isIterable && !ArrayBuffer.isView(source)) return
  const remedy = isBytes(source) ? '; wrap it in an array' : ''
  throw new TypeError(`Cannot ${action}: expected an iterable of ${items}, got ${nameOf(source)}${remedy}`)
}
