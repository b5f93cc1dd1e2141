/** The longest time that setTimeout can wait, in milliseconds; it takes longer ones for 1 ms. */
export const LONGEST_MS = 2_147_483_647

/** Names a value in an error: its type, and the value itself where that is short. */
export function nameOf(value: unknown): string {
  if (typeof value === 'string') return `string ${JSON.stringify(value.slice(0, 40))}`
  if (typeof value === 'object' && value !== null)
    return (value.constructor as { name?: string } | undefined)?.name ?? 'object'
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'function' ? 'function' : String(value)
}

// The getter that all typed arrays inherit answers for those of another realm (an iframe, a test runner's sandbox) too,
// which `instanceof` does not, and cannot be imitated, as a tag can.
const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)

/** Whether a value is a Uint8Array, also one of another realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || tag?.get?.call(value) === 'Uint8Array'
}

/**
 * Refuses what is not a Uint8Array.
 *
 * @param action What could not be done, for the error: `append chunk`.
 * @throws {TypeError} If `value` holds no bytes.
 */
export function assertBytes(value: unknown, action: string): asserts value is Uint8Array {
  if (!isBytes(value)) throw new TypeError(`Cannot ${action}: expected a Uint8Array, got ${nameOf(value)}`)
}

/** Whether a loop can begin over an object: by what it would call first, which may be there and be no method. */
export function isIterable(value: object): boolean {
  const methods = value as Partial<Record<symbol, unknown>>
  return typeof methods[Symbol.asyncIterator in value ? Symbol.asyncIterator : Symbol.iterator] === 'function'
}

/** @throws {TypeError | RangeError} If `value` is no integer from `least` to `most`. */
export function checkInteger(
  name: string,
  value: unknown,
  least: number = Number.MIN_SAFE_INTEGER,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return
  refuseNumber(name, value, 'an integer', least, most)
}

/** @throws {TypeError | RangeError} If `value` is no number from `least` to `most`. */
export function checkNumber(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  refuseNumber(name, value, 'a number', least, most)
}

/** @throws {TypeError} If `value` is neither `true` nor `false`. */
export function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new TypeError(`Cannot use ${name}: expected a boolean, got ${nameOf(value)}`)
}

/** @throws {TypeError} If `value` cannot be called. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`Cannot use ${name}: expected a function, got ${nameOf(value)}`)
}

/**
 * Refuses options that are no object, and names that nothing would read, which are mostly misspelt.
 *
 * @throws {TypeError} Such as "Cannot use option maxFrameLength: no such option (did you mean maxMessageLength?)".
 */
export function checkOptions(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Cannot use options: expected an object, got ${nameOf(options)}`)
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const nearest = nearestTo(unknown, known)
  const guess = nearest === undefined ? '' : ` (did you mean ${nearest}?)`
  throw new TypeError(`Cannot use option ${unknown}: no such option${guess}`)
}

/**
 * Refuses options of a call as {@link checkOptions} does, and a `signal` that is none. Each call reads one, besides `known`.
 *
 * @throws {TypeError} If the options are no object, hold an unknown name, or a signal of another kind.
 */
export function checkCallOptions(options: unknown, known: readonly string[] = []): void {
  checkOptions(options, ['signal', ...known])
  const { signal } = options as { readonly signal?: Partial<AbortSignal> | null }
  // Asked for what is used of it: a signal may be of another realm.
  const isSignal = typeof signal?.throwIfAborted === 'function' && typeof signal.addEventListener === 'function'
  if (signal !== undefined && !isSignal) {
    throw new TypeError(`Cannot use signal: expected an AbortSignal, got ${nameOf(signal)}`)
  }
}

function refuseNumber(name: string, value: unknown, kind: string, least: number, most: number): never {
  if (typeof value !== 'number') throw new TypeError(`Cannot use ${name}: expected a number, got ${nameOf(value)}`)
  const hasLeast = least > Number.MIN_SAFE_INTEGER
  const hasMost = most < Number.MAX_SAFE_INTEGER
  const range = hasMost ? ` from ${least} to ${most}` : hasLeast ? ` of at least ${least}` : ''
  throw new RangeError(`Cannot use ${name}: expected ${kind}${range}, got ${value}`)
}

// Names are alike when most of their letters stand in both, in the same order.
const ALIKE = 0.6

function nearestTo(name: string, known: readonly string[]): string | undefined {
  const byLikeness = known.map((other) => ({ other, likeness: likenessOf(name.toLowerCase(), other.toLowerCase()) }))
  const [nearest] = byLikeness.sort((one, other) => other.likeness - one.likeness)
  return nearest !== undefined && nearest.likeness >= ALIKE ? nearest.other : undefined
}

/** From 0 to 1: the share of two names that is their longest common subsequence. */
function likenessOf(one: string, other: string): number {
  // common[i]: of the letters of `one` seen so far, and the first i of `other`.
  const common = new Array<number>(other.length + 1).fill(0)
  for (const letter of one) {
    let diagonal = 0
    for (let i = 1; i <= other.length; i++) {
      const above = common[i]!
      common[i] = letter === other[i - 1] ? diagonal + 1 : Math.max(above, common[i - 1]!)
      diagonal = above
    }
  }
  return (2 * common[other.length]!) / (one.length + other.length)
}
