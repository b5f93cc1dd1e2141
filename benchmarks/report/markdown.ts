import { floors } from '../floors.js'
import elsewhere from '../elsewhere.json' with { type: 'json' }
import type { Results } from '../harness/results.js'
import type { Table } from '../harness/table.js'
import type { Tables } from '../targets.js'
import { SCORE_HEAD, scores } from './scoreboard.js'
import { cellsOf, headOf } from './text-table.js'

/** The page of benchmarks. @param chartOf Where the chart of a table is. */
export function page(all: ReadonlyMap<string, Results>, tables: Tables, chartOf: (table: Table) => string): string {
  return [
    '# Benchmarks',
    '<!-- Written by `npm run bench`: change benchmarks/, not this page. -->',
    INTRODUCTION,
    ...floors.flatMap(({ name, title, about }) => {
      const results = all.get(name)
      return results === undefined ? [] : [`## ${title}`, about, provenance(results), ...sections(results, chartOf)]
    }),
    '## What we want',
    `Ratios within one run on one machine, for messages of 64 bytes unless it says otherwise. _Level_ says that the goal lies in
the range in which the ratio is with 95 % confidence: this run cannot tell whether it is met. _Bare code_ is what a loop
that does the least, and is no library, reached in the same run: near it is where the limit lies.`,
    markdownTable(SCORE_HEAD, scores(tables)),
    LIMITS,
    ...whereNodeCannotFollow(),
    '## The machine',
    ...machines([...all.values()]),
  ].join('\n\n')
}

const INTRODUCTION = `Everybody competes in the same run: all rows of a table are measured in turn, round after round, so that what disturbs
the machine disturbs all alike. A figure is the median of its rounds; the ratio behind it is the median of the ratios to the
base row **in the same round**. What comes out is verified: every byte once before the clock starts, and the number,
lengths and both ends of all messages each time. Ours are blue in the charts, the base is dark grey.

Absolute figures belong to the machine at the end of this page; ratios travel better. Two runs on a quiet machine differ by
about 15 % in memory and by 30 % over TCP, on a busy one by more, so take smaller differences as none.

    npm run bench                          # under five minutes
    npm run bench -- --full                # takes its time
    npm run bench -- --only one-way        # one floor of: ${floors.map(({ name }) => name).join(', ')}
    npm run bench -- --quick --table decode  # one table, quickly; keeps nothing
    npm run bench -- --check               # compares ratios with those in benchmarks/recorded.json`

const LIMITS = `Where the rest of the time goes, by profiles (\`node --cpu-prof\`) of 2026-11-25, messages of 64 bytes, in
broadcasts of 256:

- **for await**: 72 % is the language's own, whoever parses: the loop, its promises and microtasks, the view object, garbage.
  Reading the message takes 20 %.
- **round trip of readRaw**: what is neither Node's nor the kernel's takes 5.4 µs at both ends together, where plain net takes
  1.1, in forty steps of which none takes more than 0.6.
- **broadcast, one at a time**: 76 % is the system call for each peer.`

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

function whereNodeCannotFollow(): string[] {
  return [
    '## Where Node cannot follow',
    `A view object for each message, an event or a promise for each message, and reads of 64 KiB are what JavaScript and Node
cost here; C and Rust pay for none of them. These figures come from another machine and are quoted, not measured here:
${elsewhere.machine}, ${elsewhere.date}. ${elsewhere.versions}.`,
    ...elsewhere.tables.flatMap(({ title, columns, rows }) => [`### ${title}`, markdownTable(['', ...columns], rows)]),
    `With messages up to 1 KiB a Transform pair keeps up with tokio-util and leaves Netty behind; from 16 KiB on tokio-util is
faster by a third to a half, and Netty catches up. C is out of reach but at 64 KiB: it makes no objects, and reads and
writes more at a time. A round trip through Node takes twice as long as through tokio-util; Netty's takes longer.`,
  ]
}

function machines(all: readonly Results[]): string[] {
  const lines = all.map(({ machine: { processor, cores, memory, system, load }, floor, date }) => {
    const busy = load > 1 ? ` **The machine was busy: load ${load}.**` : ''
    return `- ${floor}: ${date.slice(0, 16).replace('T', ' ')} UTC, ${cores} × ${processor}, ${memory}, ${system}.${busy}`
  })
  const versions = Object.entries(all[0]?.versions ?? {}).map(([name, version]) => `${name} ${version}`)
  return [lines.join('\n'), `Versions: ${versions.join(', ')}.`]
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const alignment = head.map((_, index) => (index === 0 ? '---' : '--:'))
  return [line(head), line(alignment), ...rows.map(line)].join('\n')
}
