import { setImmediate } from 'node:timers/promises'
import { collectGarbage } from '../process/collect-garbage.js'
import { type Cell, cellFrom, type Table, type TableRow } from '../table/table.js'
import type { Effort } from './effort.js'
import type { Experiment, Pass, Row } from './experiment.js'

interface Competitor {
  readonly row: Row<unknown>
  // Its figures, round by round.
  readonly samples: number[]
  // Undefined where it does not compete, or does no longer.
  pass: Pass | undefined
  fault: string | undefined
}

/** How many times `measure` will call back. */
export function stepsOf({ columns, rows: { length }, rounds }: Experiment, effort: Effort): number {
  return columns.length * length * ((rounds ?? effort.rounds) + 1)
}

/**
 * Measures every row of an experiment, rounds interleaved: what disturbs the machine for a moment disturbs all rows
 * alike, and ratios are taken within a round.
 *
 * @param onStep Told what is about to be measured.
 */
export async function measure(experiment: Experiment, effort: Effort, onStep: (what: string) => void): Promise<Table> {
  const { id, title, unit, axis, base, columns, rounds = effort.rounds } = experiment
  const perColumn: Competitor[][] = []
  for (const column of columns) {
    perColumn.push(await measureColumn(experiment.rows, column, rounds, (row) => onStep(`${row}, ${column.label}`)))
  }
  for (const row of experiment.rows) row.close?.()
  const rows = experiment.rows.map(({ name }, index): TableRow => {
    const competitors = perColumn.map((column) => column[index]!)
    return {
      name,
      cells: competitors.map((competitor, i) => cellOf(competitor, baseIn(perColumn[i]!, base))),
      faults: competitors.flatMap(({ fault }, i) => (fault === undefined ? [] : [`${columns[i]!.label}: ${fault}`])),
    }
  })
  return { id, title, unit, axis, columns: columns.map(({ label }) => label), base, rows }
}

function cellOf(competitor: Competitor, base: Competitor | undefined): Cell | null {
  if (competitor.pass === undefined) return null
  return cellFrom(competitor.samples, base === competitor ? undefined : base?.samples)
}

function baseIn(column: readonly Competitor[], base: string): Competitor | undefined {
  return column.find(({ row, pass }) => row.name === base && pass !== undefined)
}

async function measureColumn(
  rows: readonly Row<unknown>[],
  column: unknown,
  rounds: number,
  onStep: (row: string) => void,
): Promise<Competitor[]> {
  const competitors = rows.map((row): Competitor => ({ row, samples: [], pass: undefined, fault: undefined }))
  for (const competitor of competitors) {
    await attempt(competitor, onStep, async () => {
      competitor.pass = await competitor.row.open(column)
    })
  }
  for (let round = 0; round < rounds; round++) {
    // No row runs behind the same neighbour, or first, in every round.
    for (const competitor of rotated(competitors, round)) {
      await attempt(competitor, onStep, async () => {
        if (competitor.pass !== undefined) competitor.samples.push(await competitor.pass.run())
      })
    }
  }
  for (const { pass } of competitors) await pass?.close?.()
  return competitors
}

// A contestant that fails is told in the table, and does not end the run.
async function attempt(
  competitor: Competitor,
  onStep: (row: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  onStep(competitor.row.name)
  // Work in memory may go on without a pause, in which the progress bar could be drawn.
  await setImmediate()
  collectGarbage('minor')
  try {
    await work()
  } catch (error) {
    competitor.pass = undefined
    competitor.row.close?.()
    competitor.fault = error instanceof Error ? error.message : String(error)
  }
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}
