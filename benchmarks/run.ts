import { Command, Option } from 'commander'
import { suites } from './suites.js'
import { efforts } from './harness/effort.js'
import type { Experiment } from './harness/experiment.js'
import { measure, stepsOf } from './harness/measure.js'
import { Progress } from './harness/progress.js'
import { describeMachine, describeVersions, saveResults } from './harness/results.js'
import type { Table } from './harness/table.js'
import { record, regressionsIn } from './report/recorded.js'
import { textTable } from './report/text-table.js'
import { writeDocs } from './report/write-docs.js'

interface Options {
  readonly full: boolean
  readonly quick: boolean
  readonly check: boolean
  readonly record: boolean
  readonly docs: boolean
  readonly only?: string[]
  readonly table?: string[]
  readonly row?: string[]
}

const options = new Command('npm run bench --')
  .description('Measures lengthwise beside others, and writes docs/benchmarks.md')
  .option('--full', 'takes its time', false)
  .option('--quick', 'the columns that say most, in short rounds; keeps nothing', false)
  .addOption(new Option('--only <suite...>', 'runs these suites only').choices(suites.map(({ name }) => name)))
  .option('--table <id...>', 'runs these tables only; keeps nothing')
  .option('--row <name...>', 'runs rows with these words in their names, and the base; keeps nothing')
  .option('--check', 'fails if a ratio is much worse than recorded; keeps nothing', false)
  .option('--record', 'records the ratios for --check', false)
  .option('--docs', 'runs nothing: writes the page anew from the results that are kept', false)
  .parse()
  .opts<Options>()

const effort = options.full ? efforts.full : options.quick ? efforts.quick : efforts.short

if (options.docs) await writeDocs()
else await run()

async function run(): Promise<void> {
  const machine = describeMachine()
  const plan = suites
    .filter(({ name }) => options.only?.includes(name) ?? true)
    .map((suite) => ({
      suite,
      experiments: suite
        .experiments(effort)
        .filter(({ id }) => options.table?.includes(id) ?? true)
        .map(withChosenRows),
    }))
  const all = await measureAll(plan.flatMap(({ experiments }) => experiments))
  for (const table of all.values()) console.log(textTable(table))
  if (machine.load > 1)
    console.warn(`The machine was busy before this run began: load ${machine.load}. Run again when it is not.`)
  if (options.record) await record([...all.values()])
  if (options.check)
    await check(
      plan.flatMap(({ experiments }) => experiments),
      all,
    )
  if (options.check || options.quick || options.table !== undefined || options.row !== undefined) return
  const [date, versions] = [new Date().toISOString(), await describeVersions()]
  for (const { suite, experiments } of plan) {
    const tables = experiments.map(({ id }) => all.get(id)!)
    await saveResults({ suite: suite.name, effort: effort.name, date, machine, versions, tables })
  }
  await writeDocs()
}

function withChosenRows(experiment: Experiment): Experiment {
  const { row: words } = options
  if (words === undefined) return experiment
  const rows = experiment.rows.filter(
    ({ name }) => name === experiment.base || words.some((word) => name.includes(word)),
  )
  return { ...experiment, rows }
}

async function measureAll(experiments: readonly Experiment[]): Promise<Map<string, Table>> {
  const progress = new Progress(experiments.reduce((steps, experiment) => steps + stepsOf(experiment, effort), 0))
  const tables = new Map<string, Table>()
  for (const experiment of experiments) {
    tables.set(experiment.id, await measure(experiment, effort, (what) => progress.step(what)))
  }
  progress.stop()
  return tables
}

// What looks worse is measured again: noise is not bad in the same place twice.
async function check(experiments: readonly Experiment[], first: ReadonlyMap<string, Table>): Promise<void> {
  let tables = first
  for (let attempt = 1; ; attempt++) {
    const regressions = new Map<string, string[]>()
    for (const table of tables.values()) regressions.set(table.id, await regressionsIn(table))
    const suspects = experiments.filter(({ id }) => (regressions.get(id)?.length ?? 0) > 0)
    if (suspects.length === 0) break
    for (const { id } of suspects) for (const regression of regressions.get(id)!) console.error(regression)
    if (attempt === 3) {
      process.exitCode = 1
      return
    }
    console.error('Measuring that again …')
    tables = await measureAll(suspects)
  }
  console.log('No ratio is much worse than recorded')
}
