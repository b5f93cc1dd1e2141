import { nameOf } from '../arguments.js'

/** What was thrown, as an Error: listeners expect one, and programs may throw anything. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error(`Something else than an Error was thrown: ${nameOf(thrown)}`, { cause: thrown })
}
