import { readFile } from 'node:fs/promises'
import { isOurs } from '../contestants/is-ours.js'
import { type Range, rangeOfMedian } from '../harness/confidence.js'
import { advantagesOf, type Table } from '../harness/table.js'
import { writeFormatted } from '../harness/write-formatted.js'
import { formatRatio } from './figures.js'

const FILE = new URL('../recorded.json', import.meta.url)

/** How many times as good as the base of its table each of our rows was at least: by table, row and column. */
type Recorded = Record<string, Record<string, Record<string, number>>>

// Ratios of one run scatter, which their ranges tell; those of two runs differ besides: two shared processors, and other
// work on them. Between processes they differ more.
const TOLERANCE = 1.25
const TOLERANCE_BETWEEN_PROCESSES = 1.5
const IN_ONE_PROCESS = ['decode', 'decode-chunks', 'encode']

/** Records the ratios of tables, beside those of others that are recorded. */
export async function record(tables: readonly Table[]): Promise<void> {
  const recorded = await load()
  for (const table of tables)
    recorded[table.id] = Object.fromEntries(rowsOf(table).map((row) => [row, atLeast(table, row)]))
  await writeFormatted(FILE, JSON.stringify(recorded))
}

/** What is so much worse than recorded that noise does not explain it: a sentence for each cell. */
export async function regressionsIn(table: Table): Promise<string[]> {
  const recorded = (await load())[table.id] ?? {}
  const tolerance = IN_ONE_PROCESS.includes(table.id) ? TOLERANCE : TOLERANCE_BETWEEN_PROCESSES
  return rowsOf(table).flatMap((row) =>
    table.columns.flatMap((column) => {
      const before = recorded[row]?.[column]
      const range = rangeOf(table, row, column)
      if (before === undefined || range === undefined || range[1] * tolerance >= before) return []
      const [now, then] = [formatRatio(range[1]), formatRatio(before)]
      return [`${table.id}, ${row}, ${column}: at most ${now} as good as ${table.base}, at least ${then} when recorded`]
    }),
  )
}

function atLeast(table: Table, row: string): Record<string, number> {
  return Object.fromEntries(
    table.columns.flatMap((column) => {
      const range = rangeOf(table, row, column)
      return range === undefined ? [] : [[column, Number(range[0].toPrecision(3))]]
    }),
  )
}

function rangeOf(table: Table, row: string, column: string): Range | undefined {
  const advantages = advantagesOf(table, { row, column }, table.base)
  return advantages && rangeOfMedian(advantages, 1)
}

function rowsOf(table: Table): string[] {
  return table.rows.map(({ name }) => name).filter((name) => isOurs(name) && name !== table.base)
}

async function load(): Promise<Recorded> {
  const text = await readFile(FILE, 'utf8').catch(() => '{}')
  return JSON.parse(text) as Recorded
}
