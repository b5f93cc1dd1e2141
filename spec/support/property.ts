import fc from 'fast-check'

/** Seed of this run. */
export const seed: number = Number.parseInt(process.env['SEED'] ?? String(Date.now() % 2 ** 31), 10)
console.log(`property tests: SEED=${seed} repeats this run`)

/** Checks an asynchronous property with the seed of this run, which is printed. */
export async function check<T>(
  arbitrary: fc.Arbitrary<T>,
  law: (value: T) => Promise<void>,
  numRuns = 100,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, law), { seed, numRuns })
}

/** Any message up to a length that is short, or up to one that is not. */
export const anyMessage: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc.uint8Array({ maxLength: 400 }),
)
