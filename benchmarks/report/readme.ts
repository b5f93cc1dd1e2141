import { readFile } from 'node:fs/promises'
import type { Results } from '../harness/results.js'
import { advantageOf, figureOf, type Table } from '../harness/table.js'
import { writeFormatted } from '../harness/write-formatted.js'
import { formatFigure, formatRatio } from './figures.js'

const README = new URL('../../README.md', import.meta.url)
const MARKED = /(<!-- benchmarks:start -->)[^]*?(<!-- benchmarks:end -->)/

interface Headline {
  readonly what: string
  readonly table: string
  readonly column: string
  readonly row: string
  readonly rival: string
}

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
  return { what, table, column, row, rival: 'ws' }
}

/** Puts the headline figures between the markers in README.md, where there are markers. */
export async function fillReadme(tables: ReadonlyMap<string, Table>, all: ReadonlyMap<string, Results>): Promise<void> {
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
    ...HEADLINES.flatMap((item) => lineOf(item, tables.get(item.table))),
    '',
    provenance([...all.values()]),
  ].join('\n')
  await writeFormatted(
    README,
    readme.replace(MARKED, (_, start: string, end: string) => `${start}\n\n${text}\n\n${end}`),
  )
}

function lineOf({ what, column, row, rival }: Headline, table: Table | undefined): string[] {
  if (table === undefined) return []
  const figure = figureOf(table, { row, column })
  const other = figureOf(table, { row: rival, column })
  const advantage = advantageOf(table, { row, column }, rival)
  if (figure === undefined || other === undefined || advantage === undefined) return []
  const { unit } = table
  return [
    `| ${what} | ${formatFigure(figure, unit)} ${unit.name} | ${formatFigure(other, unit)} | **${formatRatio(advantage)}** |`,
  ]
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
