import { median } from 'simple-statistics'

/** What the figures of a table are, and which of two is better. */
export interface Unit {
  readonly name: string
  readonly better: 'less' | 'more'
}

/** The figures of one row: for every column those of all rounds, or `null` where the row does not compete. */
export interface TableRow {
  readonly name: string
  readonly samples: readonly (readonly number[] | null)[]
  /** Why a column has no figures: what the row did wrong there. */
  readonly faults: readonly string[]
}

/** What one experiment found. Rounds are kept, so that any row can be compared with any other of the same round. */
export interface Table {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  /** What tells the columns apart. */
  readonly axis: string
  readonly columns: readonly string[]
  /** The row that the others are compared with. */
  readonly base: string
  readonly rows: readonly TableRow[]
}

/** Where a figure stands in a table. */
export interface Cell {
  readonly row: string
  readonly column: string
}

/** The median of a cell's rounds; `undefined` if the row does not compete there. */
export function figureOf(table: Table, cell: Cell): number | undefined {
  const samples = samplesOf(table, cell)
  return samples && median([...samples])
}

/** The median, over the rounds, of one row's figure divided by the other's in the same round. */
export function ratioOf(table: Table, cell: Cell, otherRow: string): number | undefined {
  const ratios = ratiosOf(table, cell, otherRow)
  return ratios && median(ratios)
}

/** How many times as good one row is as the other: above 1 it is better, whatever the unit. */
export function advantageOf(table: Table, cell: Cell, otherRow: string): number | undefined {
  const advantages = advantagesOf(table, cell, otherRow)
  return advantages && median(advantages)
}

/** One row's figure divided by the other's, round by round. */
function ratiosOf(table: Table, cell: Cell, otherRow: string): number[] | undefined {
  const samples = samplesOf(table, cell)
  const others = samplesOf(table, { row: otherRow, column: cell.column })
  return samples && others && samples.map((sample, round) => sample / others[round]!)
}

/** How many times as good one row is as the other, round by round. */
export function advantagesOf(table: Table, cell: Cell, otherRow: string): number[] | undefined {
  const ratios = ratiosOf(table, cell, otherRow)
  return table.unit.better === 'more' ? ratios : ratios?.map((ratio) => 1 / ratio)
}

function samplesOf(table: Table, { row, column }: Cell): readonly number[] | undefined {
  return table.rows.find(({ name }) => name === row)?.samples[table.columns.indexOf(column)] ?? undefined
}
