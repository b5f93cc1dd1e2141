/** How long a run may take: `quick` is for a person who is optimising, and is not recorded. */
export type EffortName = 'quick' | 'short' | 'full'

/** What an effort means to the harness. */
export interface Effort {
  readonly name: EffortName
  /** How often every row of a table is measured. */
  readonly rounds: number
  /** The same, where one measurement cannot be short, and where it takes seconds. */
  readonly someRounds: number
  readonly fewRounds: number
  /** How long one measurement is to take, in milliseconds. */
  readonly passMs: number
}

// Rounds are many and short: what disturbs a shared machine comes and goes within seconds, and a ratio is good if both of
// its figures are from the same moment.
export const efforts: Record<EffortName, Effort> = {
  quick: { name: 'quick', rounds: 15, someRounds: 7, fewRounds: 2, passMs: 5 },
  short: { name: 'short', rounds: 11, someRounds: 7, fewRounds: 2, passMs: 5 },
  full: { name: 'full', rounds: 41, someRounds: 15, fewRounds: 7, passMs: 15 },
}

/** The columns of a table that an effort has time for; each list is a part of the next one. */
export function columnsFor<T>(effort: Effort, columns: Record<EffortName, readonly T[]>): readonly T[] {
  return columns[effort.name]
}
