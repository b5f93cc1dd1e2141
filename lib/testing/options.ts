import assert, { type AssertPredicate } from 'node:assert'
import { checkOptions } from '../arguments.js'
import type { Reader } from './readers.js'

/** How a decoder is read. */
export interface ReadingOptions {
  /**
   * In which ways the stream that it returns is read; those that it does not have are left out. What is no stream is
   * read in one way only. @default ['for await', 'slow for await', 'data', 'read']
   */
  readonly readers?: readonly Reader[] | undefined
  /** How long it may take to end, in milliseconds. @default 1000 */
  readonly timeoutMs?: number | undefined
}

/** What a decoder has to give. */
export interface DecoderExpectations {
  /** Its messages, in order. Bytes of any kind are compared by content. @default whatever the whole input gives */
  readonly expected?: readonly unknown[] | undefined
  /** Its error, as `assert.throws` of node:assert takes it: `{ code: 'ERR_FRAME_TRUNCATED' }`, a class, a function. */
  readonly error?: AssertPredicate | undefined
}

/** {@link ReadingOptions} with the defaults filled in. */
export interface ReadingSettings {
  readonly readers: readonly Reader[]
  readonly timeoutMs: number
}

const ALL_READERS: readonly Reader[] = ['for await', 'slow for await', 'data', 'read']

/**
 * Fills in the defaults.
 *
 * @param others Names of the options that the check reads itself.
 * @throws {TypeError} If the options are no object, or one is unknown.
 * @throws {RangeError} If there is no way to read, or no time.
 */
export function resolveReadingOptions(options: ReadingOptions, others: readonly string[]): ReadingSettings {
  checkOptions(options, ['readers', 'timeoutMs', ...others])
  const { readers = ALL_READERS, timeoutMs = 1000 } = options
  const unknown = readers.find((reader) => !ALL_READERS.includes(reader))
  if (readers.length === 0 || unknown !== undefined) {
    throw new RangeError(`Cannot use readers: expected some of ${ALL_READERS.join(', ')}, got ${unknown ?? 'none'}`)
  }
  if (!(timeoutMs > 0)) throw new RangeError(`Cannot use timeoutMs: expected more than 0, got ${timeoutMs}`)
  return { readers, timeoutMs }
}

/** Whether an error is as expected; any is where nothing is said about it. */
export function isExpectedError(error: unknown, expected: AssertPredicate | undefined): boolean {
  if (error === undefined) return false
  if (expected === undefined) return true
  try {
    assert.throws(() => {
      // Whatever the decoder threw.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw error
    }, expected)
    return true
  } catch {
    // The caller says what was expected, and what there is instead.
    return false
  }
}
