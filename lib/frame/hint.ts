import { hex } from './memory.js'

/** Length of the frame at an index; `'refused'` if there is none, `undefined` if its header is not all there. */
export type Measure = (start: number) => number | 'refused' | undefined

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
  [/^15 03 0[0-4] 00 02/, 'a TLS alert: does the other side use TLS?'],
  [/^03 00 .. .. .. [de]0/, 'an RDP connection request'],
]

const FARTHEST_STEP = 64
const SHOWN_TEXT = 32
// A few printable bytes in front of others are chance once in fifty times.
const TEXT = /^(?:[\t\n\r\x20-\x7e]{4,}$|[\t\n\r\x20-\x7e]{8,})/
// Frames that follow each other are told where chance would make them in fewer than one of so many refused inputs.
const CHANCE = 1 / 5000

/**
 * A guess at what refused bytes are; `undefined` where nothing speaks for one. Called only when an error is made.
 *
 * @param measure Measures frames in these bytes as the layout says.
 * @param measureSwapped The same with length fields in the other byte order; undefined where they have none.
 */
export function hintAt(bytes: Uint8Array, measure: Measure, measureSwapped: Measure | undefined): string | undefined {
  // Every byte as the character of its number.
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const known = SIGNATURES.find(([begins]) => begins.test(text) || begins.test(hex(bytes)))
  if (known !== undefined) return `the bytes look like ${known[1]}`
  const printable = TEXT.exec(text)?.[0]
  if (printable !== undefined) return `the bytes are text: ${JSON.stringify(printable.slice(0, SHOWN_TEXT))}`
  const step = stepsToFrames(bytes, measure)
  if (step !== undefined) return `frames seem to begin ${step} bytes later: the two sides are out of step`
  const swapped = measureSwapped?.(0)
  // What follows such a frame has to be one too.
  const isFrame = typeof swapped === 'number' && measureSwapped?.(swapped) !== 'refused'
  return isFrame ? `in the other byte order, the frame would have ${swapped} bytes` : undefined
}

// Looks for a place from which on frames follow each other, and asks how often chance would do that: as often as frames
// begin at other places too.
function stepsToFrames(bytes: Uint8Array, measure: Measure): number | undefined {
  const lengths = Array.from(bytes, (_, at) => measure(at))
  const isCut = (length: number | 'refused' | undefined, at: number): boolean =>
    length === undefined || (length !== 'refused' && at + length > bytes.length)
  // Where the frame at each index ends, if all of it is there and it is not empty.
  const ends = lengths.map((length, at) => {
    if (typeof length !== 'number' || isCut(length, at)) return undefined
    return bytes.subarray(at, at + length).some((byte) => byte !== 0) ? at + length : undefined
  })
  const places = lengths.filter((length) => length !== undefined).length
  const begins = ends.filter((end) => end !== undefined).length
  for (let step = 1; step <= FARTHEST_STEP; step++) {
    let frames = 0
    let at = step
    for (; ends[at] !== undefined; at = ends[at]!) frames++
    if (frames < 2 || !isCut(lengths[at], at)) continue
    // An end where a frame ends speaks for them as much as one more frame does.
    const evidence = frames + (at === bytes.length ? 1 : 0)
    const likelihood = (begins - frames + 1) / places
    if (Math.min(FARTHEST_STEP, places - 1) * likelihood ** evidence < CHANCE) return step
  }
  return undefined
}
