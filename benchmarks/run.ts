import { Command, Option } from 'commander'
import { efforts } from './harness/measure/effort.js'
import type { Experiment } from './harness/measure/experiment.js'
import { measure, stepsOf } from './harness/measure/measure.js'
import { Progress } from './harness/measure/progress.js'
import { describeMachine, describeVersions } from './harness/process/machine.js'
import { loadResults, saveResults } from './harness/table/results.js'
import type { Table } from './harness/table/table.js'
import { regressionsIn } from './report/regressions.js'
import { textTable } from './report/text-table.js'
import { writeDocs } from './report/write-docs.js'
import { suites } from './suites.js'

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

// What is recorded is whole suites.
const PARTS = ['quick', 'table', 'row']

const options = new Command('npm run bench --')
  .description('Measures lengthwise beside others')
  .option('--full', 'takes its time', false)
  .addOption(new Option('--quick', 'the columns that say most, in short rounds').default(false).conflicts('full'))
  .addOption(new Option('--only <suite...>', 'runs these suites only').choices(suites.map(({ name }) => name)))
  .option('--table <id...>', 'runs these tables only')
  .option('--row <name...>', 'runs rows with these words in their names, and the base')
  .option('--check', 'fails if a ratio is much worse than recorded', false)
  .addOption(
    new Option('--record', 'keeps the results, and writes docs/benchmarks.md and the figures in README.md from them')
      .default(false)
      .conflicts(PARTS),
  )
  .option('--docs', 'runs nothing: writes the same from the results that are kept', false)
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
      name: suite.name,
      experiments: suite
        .experiments(effort)
        .filter(({ id }) => options.table?.includes(id) ?? true)
        .map(withChosenRows),
    }))
  const all = plan.flatMap(({ experiments }) => experiments)
  const tables = await measureAll(all)
  for (const table of tables.values()) console.log(textTable(table))
  if (machine.load > 1)
    console.warn(`The machine was busy before this run began: load ${machine.load}. Run again when it is not.`)
  if (options.check) await check(all, tables)
  if (!options.record) return
  const [date, versions] = [new Date().toISOString(), await describeVersions()]
  for (const { name, experiments } of plan) {
    const found = experiments.map(({ id }) => tables.get(id)!)
    await saveResults({ suite: name, effort: effort.name, date, machine, versions, tables: found })
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
  const results = await loadResults()
  const kept = new Map([...results.values()].flatMap((result) => result.tables).map((table) => [table.id, table]))
  let [suspects, tables] = [experiments, first]
  for (let attempt = 1; ; attempt++) {
    const regressions = new Map(suspects.map(({ id }) => [id, regressionsIn(tables.get(id)!, kept.get(id))]))
    suspects = suspects.filter(({ id }) => regressions.get(id)!.length > 0)
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
