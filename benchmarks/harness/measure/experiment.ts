import type { Unit } from '../table/table.js'
import type { Effort } from './effort.js'

/** One table to be: rows that do the same work, measured side by side. */
export interface Experiment<Column = unknown> {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly axis: string
  readonly columns: readonly (Column & { readonly label: string })[]
  readonly base: string
  /** How often every row is measured, where the effort's own number does not suit. */
  readonly rounds?: number
  readonly rows: readonly Row<Column>[]
}

/** One of those who compete. */
export interface Row<Column> {
  readonly name: string
  /** Gets ready for a column: verifies the results, warms up. `undefined`: does not compete there. */
  open(column: Column): Promise<Pass | undefined>
  /** Lets go of what it holds for all columns; also after a failure, so that the next column begins anew. */
  close?(): void
}

/** One measurement, to be repeated: does the work and answers with the figure, in the table's unit. */
export interface Pass {
  run(): number | Promise<number>
  close?(): void | Promise<void>
}

/** One file of benchmarks: experiments that belong together. */
export interface Suite {
  readonly name: string
  readonly title: string
  /** A paragraph for the reader of the tables. */
  readonly about: string
  experiments(effort: Effort): Experiment[]
}
