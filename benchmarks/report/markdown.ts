import type { Results } from '../harness/table/results.js'
import type { Table } from '../harness/table/table.js'
import { suites } from '../suites.js'
import { cellsOf, headOf } from './text-table.js'

/** The page of benchmarks. @param chartOf Where the chart of a table is. */
export function page(all: ReadonlyMap<string, Results>, chartOf: (table: Table) => string): string {
  return [
    '# Benchmarks',
    '<!-- Written by `npm run bench -- --record`: change benchmarks/, not this page. -->',
    INTRODUCTION,
    ...suites.flatMap(({ name, title, about }) => {
      const results = all.get(name)
      return results === undefined ? [] : [`## ${title}`, about, provenance(results), ...sections(results, chartOf)]
    }),
    '## The machine',
    ...machines([...all.values()]),
  ].join('\n\n')
}

const INTRODUCTION = `All rows of a table compete in the same run: they are measured in turn, round after round, so that what disturbs
the machine disturbs all alike. A figure is the median of its rounds; the ratio behind it is the median of the ratios to the
base row **in the same round**. What comes out is verified: every byte once before the clock starts, and the number,
lengths and both ends of all messages each time. Ours are blue in the charts, the base is dark grey.

Absolute figures belong to the machine at the end of this page; ratios travel better. Two runs on a quiet machine differ by
about 15 % in memory and by 30 % over TCP, on a busy one by more, so take smaller differences as none.

    npm run bench                            # under five minutes; prints its tables, and keeps nothing
    npm run bench -- --full                  # takes its time
    npm run bench -- --quick                 # the columns that say most, in short rounds
    npm run bench -- --only one-way          # one suite of: ${suites.map(({ name }) => name).join(', ')}
    npm run bench -- --table decode          # one table: its id is the name of its chart
    npm run bench -- --row PeerNode ws       # rows with these words in their names, and the base
    npm run bench -- --quick --check         # fails if one of our ratios is much worse than recorded
    npm run bench -- --full --record         # records: keeps the results, and writes this page from them
    npm run bench -- --docs                  # runs nothing: writes this page from what is recorded`

function sections({ tables }: Results, chartOf: (table: Table) => string): string[] {
  return tables.flatMap((table) => [
    `### ${table.title}`,
    `![${table.title}](${chartOf(table)})`,
    markdownTable(
      headOf(table),
      table.rows.map((row) => [row.name, ...cellsOf(table, row)]),
    ),
    ...table.rows.flatMap(({ name, faults }) => faults.map((fault) => `- ${name} fails at ${fault}`)),
  ])
}

function provenance({ effort, date, versions }: Results): string {
  return `_A ${effort} run of ${date.slice(0, 10)}, Node ${versions['node'] ?? ''}._`
}

function machines(all: readonly Results[]): string[] {
  const lines = all.map(({ machine: { processor, cores, memory, system, load }, suite, date }) => {
    const busy = load > 1 ? ` **The machine was busy: load ${load}.**` : ''
    return `- ${suite}: ${date.slice(0, 16).replace('T', ' ')} UTC, ${cores} × ${processor}, ${memory}, ${system}.${busy}`
  })
  const versions = Object.entries(all[0]?.versions ?? {}).map(([name, version]) => `${name} ${version}`)
  return [lines.join('\n'), `Versions: ${versions.join(', ')}.`]
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const alignment = head.map((_, index) => (index === 0 ? '---' : '--:'))
  return [line(head), line(alignment), ...rows.map(line)].join('\n')
}
