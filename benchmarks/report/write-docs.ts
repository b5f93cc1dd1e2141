import { mkdir, rm, writeFile } from 'node:fs/promises'
import { loadResults } from '../harness/table/results.js'
import type { Table } from '../harness/table/table.js'
import { writeFormatted } from '../harness/table/write-formatted.js'
import { chartOf } from './chart.js'
import { page } from './markdown.js'
import { fillReadme } from './readme.js'

const DOCS = new URL('../../docs/', import.meta.url)
const CHARTS = new URL('benchmarks/', DOCS)

// The columns that say most, of which a table has one at most.
const TELLING_COLUMNS = ['64 B', '1,000', 'RSS', '64 B in 1460 B']

/** Writes docs/benchmarks.md, its charts and the figures in README.md from the results that are kept. */
export async function writeDocs(): Promise<void> {
  const all = await loadResults()
  const tables = [...all.values()].flatMap((results) => results.tables)
  await rm(CHARTS, { recursive: true, force: true })
  await mkdir(CHARTS, { recursive: true })
  for (const table of tables) await writeFile(new URL(fileOf(table), CHARTS), chartOf(table, tellingColumn(table)))
  const byId = new Map(tables.map((table) => [table.id, table]))
  await writeFormatted(
    new URL('benchmarks.md', DOCS),
    page(all, (table) => `benchmarks/${fileOf(table)}`),
  )
  await fillReadme(byId, all)
}

function fileOf({ id }: Table): string {
  return `${id}.svg`
}

function tellingColumn({ columns }: Table): string {
  return columns.find((column) => TELLING_COLUMNS.includes(column)) ?? columns[0]!
}
