import { isUint8ArrayList } from 'uint8arraylist'
import { isBytes, isIterable, nameOf } from '../arguments.js'

/**
 * Refuses what no loop could read, and bytes, which a loop would read as numbers.
 *
 * @throws {TypeError} If `source` is no iterable of chunks or messages.
 */
export function assertSource(source: unknown, action: 'decode' | 'encode'): void {
  // A list is an iterable of chunks, but as messages its parts would be many where it is one.
  const isMessage = isBytes(source) || (action === 'encode' && isUint8ArrayList(source))
  const hasItems = typeof source === 'object' && source !== null && isIterable(source)
  if (hasItems && !isMessage && !ArrayBuffer.isView(source)) return
  const items = action === 'decode' ? 'chunks' : 'messages'
  const remedy = isMessage ? '; wrap it in an array' : ''
  throw new TypeError(`Cannot ${action}: expected an iterable of ${items}, got ${nameOf(source)}${remedy}`)
}
