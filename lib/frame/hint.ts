import { hex } from './bytes.js'

/** What a {@link hintAt} may ask about the layout that refused the bytes. */
export interface HintLayout {
  /** Length of the frame at index `start`; negative if refused, `undefined` if its header does not end before `end`. */
  measure(bytes: Uint8Array, start: number, end: number): number | undefined
  /** Length of the frame at the beginning, with its length field read in the other byte order; negative if refused. */
  measureSwapped(bytes: Uint8Array): number | undefined
}

/** Bytes of a refused frame that are worth looking at. */
export const HINT_LENGTH = 512

// What other protocols begin with, as text or, where that is no text, in hex.
const SIGNATURES: readonly (readonly [begins: RegExp, what: string])[] = [
  [/^(?:GET|PUT|POST|HEAD|PATCH|TRACE|DELETE|OPTIONS|CONNECT) ?/, 'an HTTP request'],
  [/^HTTP/, 'an HTTP response'],
  [/^PRI /, 'an HTTP/2 preface'],
  [/^SSH-/, 'an SSH greeting'],
  [/^AMQP/, 'an AMQP greeting'],
  [/^16 03 0[0-4]/, 'a TLS hello: does the other side use TLS?'],
  [/^03 00 .. .. .. [de]0/, 'an RDP connection request'],
]

const FARTHEST_STEP = 64
const SHOWN_TEXT = 32

/** A guess at what refused bytes are. It costs nothing while all is well, being asked for with an error only. */
export function hintAt(bytes: Uint8Array, layout: HintLayout): string | undefined {
  // Every byte as the character of its number.
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const known = SIGNATURES.find(([begins]) => begins.test(text) || begins.test(hex(bytes)))
  if (known !== undefined) return `the bytes look like ${known[1]}`
  const printable = /^[\t\n\r\x20-\x7e]{4,}/.exec(text)?.[0]
  if (printable !== undefined) return `the bytes are text: ${JSON.stringify(printable.slice(0, SHOWN_TEXT))}`
  const step = stepsToFrames(bytes, layout)
  if (step !== undefined) return `frames seem to begin ${step} bytes later: the two sides are out of step`
  const swapped = layout.measureSwapped(bytes) ?? -1
  return swapped >= 0 ? `in the other byte order, the frame would have ${swapped} bytes` : undefined
}

// Looks for a place from which on frames follow each other; two that are not empty are hardly chance.
function stepsToFrames(bytes: Uint8Array, layout: HintLayout): number | undefined {
  for (let step = 1; step <= FARTHEST_STEP && step < bytes.length; step++) {
    let frames = 0
    let at = step
    while (at < bytes.length) {
      const length = layout.measure(bytes, at, bytes.length)
      if (length === undefined || length < 0 || at + length > bytes.length) break
      const isEmpty = bytes.subarray(at, at + length).every((byte) => byte === 0)
      if (isEmpty) break
      frames++
      at += length
    }
    if (frames >= 2 && (at === bytes.length || layout.measure(bytes, at, bytes.length) !== -1)) return step
  }
  return undefined
}
