import { isUtf8 } from 'node:buffer'

/**
 * What the two ends of `lengthwise bench` say to each other: messages of the usual framing, of which the first and the
 * reports are JSON.
 *
 *     dialling end                            listening end
 *                                    <---     greeting
 *     { run: 'one-way', size: 64 }   --->
 *                                    <---     an empty message: it is ready, and its clock runs
 *     a message, and another …       --->     counts them
 *     an empty message               --->     stops its clock
 *                                    <---     report: how many came, from when to when
 *     { run: 'round-trip', … }       --->
 *                                    <---     an empty message
 *     a message                      --->
 *                                    <---     the same message; then the next one goes
 *     an empty message               --->
 *                                    <---     report
 */
const RUNS = ['one-way', 'round-trip'] as const

/** What a run measures. */
export type RunKind = (typeof RUNS)[number]

/** Asks the listening end to be ready for messages of so many bytes. */
export interface Request {
  readonly run: RunKind
  readonly size: number
}

/** What the listening end has received in a run. */
export interface Report {
  readonly messages: number
  /** When it was ready, and when it read the empty message, by the listening end's own clock, in milliseconds. */
  readonly startMs: number
  readonly endMs: number
}

/** Longest message that can be measured, in bytes: 64 MiB. The listening end makes room for no longer one. */
export const LONGEST_MESSAGE = 67_108_864

/** Begins a run, said by the listening end, and ends it, said by the dialling end. */
export const EMPTY: Buffer = Buffer.alloc(0)

const GREETING = { lengthwise: 'bench', version: 1 }

/** The first message that the listening end says. */
export function greeting(): Buffer {
  return toMessage(GREETING)
}

/** @throws {Error} If it is the greeting of something else, or of another version. */
export function checkGreeting(message: Buffer): void {
  const said = fromMessage(message)
  if (said['lengthwise'] !== GREETING.lengthwise) throw notUnderstood(message)
  if (said['version'] === GREETING.version) return
  throw new Error(`it speaks version ${String(said['version'])}, this end version ${GREETING.version}`)
}

/** The message that something is said in. */
export function toMessage(what: Request | Report | typeof GREETING): Buffer {
  return Buffer.from(JSON.stringify(what))
}

/** @throws {Error} If the message is no request. */
export function requestOf(message: Buffer): Request {
  const { run, size } = fromMessage(message)
  const kind = RUNS.find((name) => name === run)
  if (kind !== undefined && isCount(size)) return { run: kind, size }
  throw notUnderstood(message)
}

/** @throws {Error} If the message is no report. */
export function reportOf(message: Buffer): Report {
  const { messages, startMs, endMs } = fromMessage(message)
  if (isCount(messages) && typeof startMs === 'number' && typeof endMs === 'number') return { messages, startMs, endMs }
  throw notUnderstood(message)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function fromMessage(message: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(message.toString())
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // What is no JSON is as little understood as JSON that says something else.
  }
  throw notUnderstood(message)
}

function notUnderstood(message: Buffer): Error {
  const start = message.subarray(0, 40)
  const what = isUtf8(start) ? JSON.stringify(start.toString()) : `${message.length} bytes`
  return new Error(`expected what lengthwise bench says, got ${what}`)
}
