import { readFile } from 'node:fs/promises'
import { isOurs } from '../contestants/is-ours.js'
import { advantageOf, type Table } from '../harness/table.js'
import { writeFormatted } from '../harness/write-formatted.js'

const FILE = new URL('../recorded.json', import.meta.url)

/** How many times as good as the base of its table each of our rows was: by table, row and column. */
type Recorded = Record<string, Record<string, Record<string, number>>>

// So much worse is noise: two shared processors, and other work on them. Between processes there is more of it.
const TOLERANCE = 1.5
const TOLERANCE_BETWEEN_PROCESSES = 2
const IN_ONE_PROCESS = ['decode', 'decode-chunks', 'encode']

/** Records the ratios of tables, beside those of others that are recorded. */
export async function record(tables: readonly Table[]): Promise<void> {
  const recorded = await load()
  for (const table of tables) recorded[table.id] = ratiosOf(table)
  await writeFormatted(FILE, JSON.stringify(recorded))
}

/** What is so much worse than recorded that noise does not explain it: a sentence for each cell. */
export async function regressionsIn(table: Table): Promise<string[]> {
  const recorded = (await load())[table.id] ?? {}
  const tolerance = IN_ONE_PROCESS.includes(table.id) ? TOLERANCE : TOLERANCE_BETWEEN_PROCESSES
  return Object.entries(ratiosOf(table)).flatMap(([row, columns]) =>
    Object.entries(columns).flatMap(([column, ratio]) => {
      const before = recorded[row]?.[column]
      if (before === undefined || ratio * tolerance >= before) return []
      return [`${table.id}, ${row}, ${column}: ${ratio}× as good as ${table.base}, ${before}× when recorded`]
    }),
  )
}

function ratiosOf(table: Table): Recorded[string] {
  const rows = table.rows.map(({ name }) => name).filter((name) => isOurs(name) && name !== table.base)
  return Object.fromEntries(
    rows.map((row) => {
      const ratios = table.columns.map((column) => [column, advantageOf(table, { row, column }, table.base)] as const)
      return [
        row,
        Object.fromEntries(
          ratios.flatMap(([column, ratio]) => (ratio === undefined ? [] : [[column, Number(ratio.toPrecision(3))]])),
        ),
      ]
    }),
  )
}

async function load(): Promise<Recorded> {
  const text = await readFile(FILE, 'utf8').catch(() => '{}')
  return JSON.parse(text) as Recorded
}
