// What is run for nothing, so that the compiler has seen enough before the first pass that counts.
const WARM_UP_PASSES = 3
const WARM_UP_MS = 100

/**
 * How often work has to be done for a pass to take `passMs`. Finding out warms the work up.
 *
 * @param time Does the work so often, and answers with the milliseconds it took.
 * @param warmUpMs Longer, in milliseconds, for code that has never run.
 */
export async function calibrate(
  time: (count: number) => number | Promise<number>,
  passMs: number,
  warmUpMs: number = WARM_UP_MS,
): Promise<number> {
  let count = 1
  // The fastest says what it takes; all others were disturbed.
  let fastestMs = Infinity
  for (let spentMs = 0; spentMs < Math.max(WARM_UP_PASSES * passMs, warmUpMs);) {
    const ms = await time(count)
    spentMs += ms
    fastestMs = Math.min(fastestMs, ms / count)
    // Four times at most: the first passes are slow, and say little about the later ones.
    count = Math.max(1, Math.min(4 * count, Math.round(passMs / fastestMs)))
  }
  return count
}
