import { median } from 'simple-statistics'
import { type Range, rangeOfMedian } from './confidence.js'

/** What the figures of a table are, and which of two is better. */
export interface Unit {
  readonly name: string
  readonly better: 'less' | 'more'
}

/** What one experiment found. */
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

/** One row: for every column what was found there, or `null` where the row does not compete. */
export interface TableRow {
  readonly name: string
  readonly cells: readonly (Cell | null)[]
  /** Why a column has no cell: what the row did wrong there. */
  readonly faults: readonly string[]
}

/** A figure, and how it compares with that of the base row. */
export interface Cell {
  /** The median of the rounds. */
  readonly figure: number
  /** The median of what each round's figure is, divided by the base's figure in the same round. None for the base. */
  readonly ratio?: number
  /** Where that ratio lies with 95 % confidence. */
  readonly range?: Range
}

/** Sums up the figures of a row, round by round. @param base Those of the base row; none where it is the row itself. */
export function cellFrom(samples: readonly number[], base: readonly number[] | undefined): Cell {
  const figure = significant(median([...samples]))
  if (base === undefined) return { figure }
  const ratios = samples.map((sample, round) => sample / base[round]!)
  const [low, high] = rangeOfMedian(ratios)
  return { figure, ratio: significant(median(ratios)), range: [significant(low), significant(high)] }
}

/** What a table says of a row in a column; `undefined` if the row does not compete there. */
export function cellOf(table: Table, row: string, column: string): Cell | undefined {
  return table.rows.find(({ name }) => name === row)?.cells[table.columns.indexOf(column)] ?? undefined
}

/** How many times as good a row is as the base, where it is so many times its figure: above 1 it is better. */
export function advantageOf({ unit }: Table, ratio: number): number {
  return unit.better === 'more' ? ratio : 1 / ratio
}

// Results are kept under version control: more digits would be noise there too.
function significant(figure: number): number {
  return Number(figure.toPrecision(5))
}
