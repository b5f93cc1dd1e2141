/** How long a run may take: `quick` is for whoever is optimising, and is not kept. */
export type EffortName = 'quick' | 'short' | 'full'

/** What an effort means to the harness. */
export interface Effort {
  readonly name: EffortName
  /** How often every row of a table is measured. */
  readonly rounds: number
  /** The same, where one measurement cannot be short. */
  readonly fewRounds: number
  /** How long one measurement is to take, in milliseconds. */
  readonly passMs: number
}

export const efforts: Record<EffortName, Effort> = {
  quick: { name: 'quick', rounds: 7, fewRounds: 2, passMs: 40 },
  short: { name: 'short', rounds: 5, fewRounds: 3, passMs: 15 },
  full: { name: 'full', rounds: 11, fewRounds: 5, passMs: 60 },
}

/** The columns of a table that an effort has time for; each list is a part of the next one. */
export function columnsFor<T>(effort: Effort, columns: Record<EffortName, readonly T[]>): readonly T[] {
  return columns[effort.name]
}
