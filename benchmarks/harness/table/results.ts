import { mkdir, readdir, readFile } from 'node:fs/promises'
import type { Machine } from '../process/machine.js'
import type { Table } from './table.js'
import { writeFormatted } from './write-formatted.js'

/** What one suite found, and where. */
export interface Results {
  readonly suite: string
  /** How long the run took: the name of an effort. */
  readonly effort: string
  /** ISO 8601, UTC. */
  readonly date: string
  readonly machine: Machine
  /** Versions of Node and of all packages that compete. */
  readonly versions: Readonly<Record<string, string>>
  readonly tables: readonly Table[]
}

const FOLDER = new URL('../../results/', import.meta.url)

/** Keeps what a suite found; what it found before is replaced. */
export async function saveResults(results: Results): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  await writeFormatted(new URL(`${results.suite}.json`, FOLDER), JSON.stringify(results))
}

/** What is kept of all suites. */
export async function loadResults(): Promise<Map<string, Results>> {
  const files = await readdir(FOLDER).catch(() => [])
  const all = await Promise.all(
    files
      .filter((file) => file.endsWith('.json'))
      .map(async (file) => JSON.parse(await readFile(new URL(file, FOLDER), 'utf8')) as Results),
  )
  return new Map(all.map((results) => [results.suite, results]))
}
