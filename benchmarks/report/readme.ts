import { readFile } from 'node:fs/promises'
import { plainNet } from '../contestants/plain-net.js'
import type { Results } from '../harness/table/results.js'
import { advantageOf, type Cell, cellOf, type Table } from '../harness/table/table.js'
import { writeFormatted } from '../harness/table/write-formatted.js'
import { formatFigure, formatRatio } from './figures.js'

const README = new URL('../../README.md', import.meta.url)
const MARKED = /(<!-- benchmarks:start -->)[^]*?(<!-- benchmarks:end -->)/

type Tables = ReadonlyMap<string, Table>

interface Headline {
  readonly what: string
  readonly table: string
  readonly column: string
  readonly row: string
}

// Each in a table whose base is ws.
const HEADLINES: readonly Headline[] = [
  headline('Transform pair over TCP, 64 B', 'one-way', '64 B', 'Transform pair, data'),
  headline('Transform pair over TCP, 1 KiB', 'one-way', '1 KiB', 'Transform pair, data'),
  headline('`send` → `readRaw`, 64 B', 'one-way', '64 B', 'send → readRaw'),
  headline('`send` → `readRawBatches`, 64 B', 'one-way', '64 B', 'send → readRawBatches'),
  headline('1,000 peers to one, 64 B, batches', 'fan-in-900', '1,000', 'send → readRawBatches'),
  headline('One to 1,000 peers, 256 B, bursts of eight', 'broadcast-8', '1,000', 'PeerNode'),
  headline('Memory of an idle peer', 'idle-peers', 'RSS', 'PeerNode'),
]

function headline(what: string, table: string, column: string, row: string): Headline {
  return { what, table, column, row }
}

/** Puts the headline figures between the markers in README.md, where there are markers. */
export async function fillReadme(tables: Tables, all: ReadonlyMap<string, Results>): Promise<void> {
  const readme = await readFile(README, 'utf8').catch(() => '')
  if (!MARKED.test(readme)) {
    console.warn(
      'README.md has no line with benchmarks:start and none with benchmarks:end: its figures stay as they are',
    )
    return
  }
  const text = [
    '|  | lengthwise | ws |  |',
    '| --- | --: | --: | --: |',
    ...HEADLINES.map((item) => lineOf(tables, item)),
    '',
    oneAtATime(tables),
    '',
    provenance([...all.values()]),
  ].join('\n')
  await writeFormatted(
    README,
    readme.replace(MARKED, (_, start: string, end: string) => `${start}\n\n${text}\n\n${end}`),
  )
}

function lineOf(tables: Tables, { what, table: id, column, row }: Headline): string {
  const table = tables.get(id)!
  const { figure, ratio } = cellIn(table, row, column)
  const other = cellIn(table, table.base, column)
  const figures = `${formatFigure(figure, table.unit)} ${table.unit.name} | ${formatFigure(other.figure, table.unit)}`
  return `| ${what} | ${figures} | **${formatRatio(advantageOf(table, ratio!))}** |`
}

function oneAtATime(tables: Tables): string {
  const figure = (id: string, row: string, column: string): string => {
    const table = tables.get(id)!
    return formatFigure(cellIn(table, row, column).figure, table.unit)
  }
  const trip = (row: string): string => figure('round-trip', row, '64 B')
  const delivered = (row: string): string => figure('broadcast-1', row, '1,000')
  return (
    `Messages that go one at a time gain little or nothing: a round trip of 64 B takes ${trip('send → readRaw')} µs by ` +
    `\`send\` and \`readRaw\`, ${trip('Transform pair, data')} by a Transform pair, ${trip('ws')} by ws and ` +
    `${trip(plainNet.name)} by plain \`net\`; of single messages to 1,000 peers ${delivered('PeerNode')} arrive in a second, ` +
    `${delivered('ws')} by ws and ${delivered(plainNet.name)} by plain \`net\`.`
  )
}

function cellIn(table: Table, row: string, column: string): Cell {
  const cell = cellOf(table, row, column)
  if (cell === undefined) throw new Error(`Cannot write README.md: ${table.title} says nothing of ${row}, ${column}`)
  return cell
}

function provenance(all: readonly Results[]): string {
  const [last] = [...all].sort((a, b) => b.date.localeCompare(a.date))
  if (last === undefined) return ''
  const { machine, versions, date } = last
  return (
    `Measured side by side on ${machine.cores} × ${machine.processor} with Node ${versions['node'] ?? ''} on ` +
    `${date.slice(0, 10)}; all figures, rivals and methods: [docs/benchmarks.md](docs/benchmarks.md).`
  )
}
