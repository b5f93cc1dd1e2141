import { isDeepStrictEqual } from 'node:util'

/** What came out of a decoder: messages, and then an error or a clean end. */
export interface Outcome {
  /** Bytes are Buffers here. `undefined` if the decoder is a function that threw instead of returning anything. */
  readonly messages: readonly unknown[] | undefined
  /** `undefined` after a clean end. */
  readonly error?: unknown
}

/** What came out, as it is now and stays: bytes of any kind become Buffers, and a batch becomes the messages in it. */
export function settle(items: readonly unknown[]): unknown[] {
  return items.flat().map((item) => (isBytes(item) ? Buffer.from(item.subarray()) : item))
}

/** Whether both are the same messages; a function that threw gave none to compare. */
export function sameMessages(one: Outcome, other: Outcome): boolean {
  return one.messages === undefined || other.messages === undefined || isDeepStrictEqual(one.messages, other.messages)
}

/** Whether both ended cleanly, or failed with the same name, message, code and other facts. */
export function sameError(one: Outcome, other: Outcome): boolean {
  return isDeepStrictEqual(factsOf(one.error), factsOf(other.error))
}

/** Whether the messages of `one` begin those of `other`, which has more of them. */
export function isBeginning({ messages: few = [] }: Outcome, { messages: many = [] }: Outcome): boolean {
  return few.length < many.length && isDeepStrictEqual(few, many.slice(0, few.length))
}

function factsOf(error: unknown): unknown {
  return error instanceof Error ? [error.name, error.message, Object.entries(error)] : error
}

/** A Uint8Array, or a Uint8ArrayList. */
function isBytes(item: unknown): item is { subarray(): Uint8Array } {
  if (typeof item !== 'object' || item === null) return false
  return item instanceof Uint8Array || ('subarray' in item && 'sublist' in item)
}
