import type { Output } from './coder.js'
import { within } from './deadline.js'
import { type Outcome, settle } from './outcome.js'
import type { Reader } from './readers.js'
import { readingOf } from './reading.js'

/** What a decoder or an encoder gave, and in which ways that can be read. */
export interface Run {
  readonly outcome: Outcome
  readonly readers: readonly Reader[]
}

const PATIENCE = 'Neither ended nor failed'

/** Gives the input to a decoder or an encoder, and collects what comes out. */
export async function run<Item>(
  coder: (input: readonly Item[]) => Output | PromiseLike<Output>,
  input: readonly Item[],
  reader: Reader,
  timeoutMs: number,
): Promise<Run> {
  let output: Output
  try {
    output = await within(timeoutMs, coder(input), PATIENCE)
  } catch (error) {
    return { outcome: { messages: undefined, error: named(error) }, readers: [] }
  }
  if (isOutcome(output)) {
    const { messages, error } = output
    return { outcome: { messages: messages && settle(messages), error }, readers: [] }
  }
  const reading = readingOf(output)
  const items: unknown[] = []
  let error: unknown
  try {
    const all = reading.read(input, reader, (item) => items.push(item))
    await within(timeoutMs, all, PATIENCE)
  } catch (thrown) {
    error = named(thrown)
  } finally {
    reading.close?.()
  }
  return { outcome: { messages: settle(items), error }, readers: reading.readers }
}

// A stream may be an event emitter with any property; an outcome is nothing but that.
function isOutcome(output: Output): output is Outcome {
  return typeof output === 'object' && 'messages' in output && !('on' in output)
}

// An outcome without an error is a clean end.
function named(error: unknown): unknown {
  return error ?? new Error(`Failed with ${error}`)
}
