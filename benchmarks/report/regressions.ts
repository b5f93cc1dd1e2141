import { isOurs } from '../contestants/is-ours.js'
import { advantageOf, cellOf, type Table } from '../harness/table/table.js'
import { formatRatio } from './figures.js'

// Ratios of one run scatter, which their ranges tell; those of two runs differ besides: two shared processors, and other
// work on them. Between processes they differ more.
const TOLERANCE = 1.25
const TOLERANCE_BETWEEN_PROCESSES = 1.5
const IN_ONE_PROCESS = ['decode', 'decode-for-await', 'decode-chunks', 'encode']

/**
 * What is so much worse than recorded that noise does not explain it: a sentence for each cell.
 *
 * @param recorded The same table of the run that was recorded, if it was.
 */
export function regressionsIn(table: Table, recorded: Table | undefined): string[] {
  if (recorded === undefined) return []
  const tolerance = IN_ONE_PROCESS.includes(table.id) ? TOLERANCE : TOLERANCE_BETWEEN_PROCESSES
  const ours = table.rows.map(({ name }) => name).filter(isOurs)
  return ours.flatMap((row) =>
    table.columns.flatMap((column) => {
      const now = advantagesOf(table, row, column)
      const then = advantagesOf(recorded, row, column)
      if (now === undefined || then === undefined || now.most * tolerance >= then.least) return []
      const [most, least] = [formatRatio(now.most), formatRatio(then.least)]
      return [
        `${table.id}, ${row}, ${column}: at most ${most} as good as ${table.base}, at least ${least} when recorded`,
      ]
    }),
  )
}

function advantagesOf(table: Table, row: string, column: string): { least: number; most: number } | undefined {
  const advantages = cellOf(table, row, column)?.range?.map((ratio) => advantageOf(table, ratio))
  return advantages && { least: Math.min(...advantages), most: Math.max(...advantages) }
}
