import type { BrokenLawError } from './finding.js'

// What never ends takes its time to fail again, each time.
const LONGEST_MS = 2000

/**
 * The finding for the fewest items that still break the same law, or nearly: what is left out goes in ever smaller runs.
 *
 * @param found The finding for all items.
 * @param attempt Gives the finding for some of them, if there is one.
 */
export async function shrink<Item>(
  items: readonly Item[],
  found: BrokenLawError,
  attempt: (fewer: readonly Item[]) => Promise<BrokenLawError | undefined>,
): Promise<BrokenLawError> {
  const startedMs = performance.now()
  let [kept, last] = [items, found]
  for (let run = Math.ceil(items.length / 2); run >= 1; run = Math.floor(run / 2)) {
    for (let start = 0; start < kept.length;) {
      if (performance.now() - startedMs > LONGEST_MS) return last
      const fewer = [...kept.slice(0, start), ...kept.slice(start + run)]
      const again = await attempt(fewer)
      if (again?.law !== found.law) start += run
      else [kept, last] = [fewer, again]
    }
  }
  return last
}
