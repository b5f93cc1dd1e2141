import { checkInteger, checkNumber, checkOptions, nameOf } from '../arguments.js'
import type { BackoffOptions } from '../async/backoff.js'

/** How endpoints are dialled again. */
export interface ReconnectOptions {
  /** The longest delay before the first attempt, in milliseconds; it doubles with each further one. @default 100 */
  readonly minMs?: number | undefined
  /** The longest delay, in milliseconds; a peer that stayed for so long begins anew with `minMs`. @default 30000 */
  readonly maxMs?: number | undefined
  /** How many dials of a node may be under way at once. @default 5 */
  readonly atOnce?: number | undefined
}

/** {@link ReconnectOptions} with every default filled in. */
export interface ReconnectSettings extends BackoffOptions {
  readonly atOnce: number
}

// The longest time that setTimeout can wait.
const LONGEST_MS = 2 ** 31 - 1

/**
 * Fills in the defaults.
 *
 * @returns `undefined` for no reconnecting.
 * @throws {TypeError} If it is neither a boolean nor such options.
 * @throws {RangeError} If a number is out of range.
 */
export function resolveReconnect(reconnect: boolean | ReconnectOptions | undefined): ReconnectSettings | undefined {
  if (reconnect === undefined || reconnect === false) return undefined
  const options = reconnect === true ? {} : reconnect
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new TypeError(`Cannot use reconnect: expected a boolean or options, got ${nameOf(options)}`)
  }
  checkOptions(options, ['minMs', 'maxMs', 'atOnce'])
  const { minMs = 100, maxMs = Math.max(30_000, minMs), atOnce = 5 } = options
  checkNumber('reconnect.minMs', minMs, 1, LONGEST_MS)
  checkNumber('reconnect.maxMs', maxMs, minMs, LONGEST_MS)
  checkInteger('reconnect.atOnce', atOnce, 1)
  return { minMs, maxMs, atOnce }
}
