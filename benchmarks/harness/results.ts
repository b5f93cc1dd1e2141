import { mkdir, readdir, readFile } from 'node:fs/promises'
import os from 'node:os'
import type { EffortName } from './effort.js'
import type { Table } from './table.js'
import { writeFormatted } from './write-formatted.js'

/** What one suite found, and where. */
export interface Results {
  readonly suite: string
  readonly effort: EffortName
  /** ISO 8601, UTC. */
  readonly date: string
  readonly machine: Machine
  /** Versions of Node and of everybody who competes. */
  readonly versions: Readonly<Record<string, string>>
  readonly tables: readonly Table[]
}

interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memory: string
  readonly system: string
  /** How many processes wanted to run in the minute before: above 1, somebody else did. */
  readonly load: number
}

const FOLDER = new URL('../results/', import.meta.url)

const CONTESTANTS = [
  'bufferutil',
  'frame-stream',
  'framed-stream',
  'it-length-prefixed',
  'length-prefixed-stream',
  'readable-stream',
  'streamx',
  'uint8arraylist',
  'ws',
  'zeromq',
]

/** The machine as it is now, before a run makes it busy. */
export function describeMachine(): Machine {
  return {
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release().split('-')[0]!}`,
    load: Number(os.loadavg()[0]!.toFixed(1)),
  }
}

/** The versions that run here. */
export async function describeVersions(): Promise<Record<string, string>> {
  const versions = CONTESTANTS.map(async (name) => {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
    return [name, version] as const
  })
  return { node: process.version, ...Object.fromEntries(await Promise.all(versions)) }
}

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
