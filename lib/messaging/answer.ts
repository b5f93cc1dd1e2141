import { nameOf } from '../arguments.js'

// Characters that an asker is told: an error must not be too long for the framing.
const LONGEST_TEXT = 1000

/** What a handler threw. */
export class Failure {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }

  /** What the asker is told of it: never its stack. */
  get message(): string {
    return textOf(this.error instanceof Error ? this.error.message : this.error).slice(0, LONGEST_TEXT)
  }
}

/** What a handler has returned, or a {@link Failure}; or the promise of it, which never rejects. */
export type Outcome = unknown

/**
 * The answer to a question, from what its handlers have returned: the first value that is not `undefined`; where there is
 * none, the first failure; else `undefined`. A promise, if that is not known yet.
 */
export function answerOf(outcomes: readonly Outcome[], before?: Failure): Outcome {
  let failure = before
  for (const [i, outcome] of outcomes.entries()) {
    if (isPromise(outcome)) {
      return outcome.then((settled) => answerOf([settled, ...outcomes.slice(i + 1)], failure))
    }
    if (outcome instanceof Failure) failure ??= outcome
    else if (outcome !== undefined) return outcome
  }
  return failure
}

/** Whether a value is a promise, of any make. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  )
}

function textOf(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : nameOf(thrown)
}
