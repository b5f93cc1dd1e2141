import { inspect } from 'node:util'
import type { Cuts } from './cuts.js'
import type { Outcome } from './outcome.js'

const SHOWN_BYTES = 24
const SHOWN_OF_LONG = 8
const SHOWN_CHUNKS = 32
const SHOWN_CUTS = 12
const SHOWN_MESSAGES = 6

/** Where bytes are cut. */
export function describeCuts(cuts: Cuts, length: number): string {
  const bytes = length === 1 ? '1 byte' : `${length} bytes`
  if (cuts.length === 0) return `${bytes}, whole`
  return `${bytes}, cut at ${atMost(SHOWN_CUTS, cuts.map(String)).join(', ')}`
}

/** Chunks as hex, with a stroke at every cut. */
export function describeChunks(chunks: readonly Uint8Array[]): string {
  return atMost(
    SHOWN_CHUNKS,
    chunks.map((chunk) => (chunk.length === 0 ? 'empty' : hex(chunk))),
  ).join(' | ')
}

/** How an outcome ends. */
export function describeEnding({ error }: Outcome): string {
  if (error === undefined) return 'end'
  if (!(error instanceof Error)) return inspect(error)
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? `${error.name} [${code}]: ${error.message}` : String(error)
}

/** A message: as text if it is text, or as hex. */
export function describeMessage(message: unknown): string {
  if (!(message instanceof Uint8Array)) return inspect(message, { depth: 3, breakLength: Infinity })
  const isText = message.length <= 60 && message.every((byte) => byte >= 0x20 && byte < 0x7f)
  return isText ? JSON.stringify(Buffer.from(message).toString()) : hex(message)
}

/** Two lists of messages, side by side: of each, those from the first that differs on. */
export function describeMessages(
  some: readonly unknown[],
  others: readonly unknown[],
): [some: string[], others: string[]] {
  const lists = [some.map(describeMessage), others.map(describeMessage)] as const
  const length = Math.max(some.length, others.length)
  const first = Array.from({ length }, (_, i) => i).findIndex((i) => lists[0][i] !== lists[1][i])
  const skipped = first > SHOWN_MESSAGES ? first - 1 : 0
  const shown = (list: readonly string[]): string[] => {
    const rest = atMost(SHOWN_MESSAGES, list.slice(skipped))
    return skipped > 0 ? [`${skipped} more`, ...rest] : rest
  }
  return [shown(lists[0]), shown(lists[1])]
}

function hex(bytes: Uint8Array): string {
  const isLong = bytes.length > SHOWN_BYTES
  const shown = isLong ? bytes.subarray(0, SHOWN_OF_LONG) : bytes
  const digits = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return isLong ? `${digits} … (${bytes.length} bytes)` : digits
}

function atMost(most: number, items: readonly string[]): string[] {
  return items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : [...items]
}
