import { binomialDistribution } from 'simple-statistics'

// Of a hundred answers, five miss what they are about.
const DOUBT = 0.05

/** Where a figure lies. */
export type Range = readonly [low: number, high: number]

/**
 * The range in which the median of what was sampled lies, with 95 % confidence: from one sample to another in their
 * order, so that nothing is assumed about how they are distributed. Six samples are needed for that confidence; fewer
 * give the range of all of them.
 *
 * Source: the sign test; that k of n samples lie below the median has the probability of k heads in n tosses of a coin.
 */
export function rangeOfMedian(samples: readonly number[]): Range {
  const sorted = [...samples].sort((a, b) => a - b)
  const heads = binomialDistribution(sorted.length, 0.5) ?? []
  let left = 0
  for (let below = heads[0] ?? 1; 2 * below <= DOUBT; below += heads[left]!) left++
  const first = Math.max(left - 1, 0)
  return [sorted[first]!, sorted[sorted.length - 1 - first]!]
}
