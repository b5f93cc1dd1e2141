import { readFile } from 'node:fs/promises'
import os from 'node:os'

/** Where a run took place. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memory: string
  readonly system: string
  /** How many processes wanted to run in the minute before: above 1, others did. */
  readonly load: number
}

const ROOT = new URL('../../../', import.meta.url)
// What ours is built on, besides what competes.
const OURS = ['msgpackr', 'readable-stream', 'uint8arraylist']

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

/** The versions of Node and of all packages that compete here. */
export async function describeVersions(): Promise<Record<string, string>> {
  const { dependencies = {} } = await manifestIn('benchmarks/')
  const names = [...Object.keys(dependencies), ...OURS].sort()
  const versions = names.map(async (name) => [name, (await manifestIn(`node_modules/${name}/`)).version] as const)
  return { node: process.version, ...Object.fromEntries<string>(await Promise.all(versions)) }
}

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(new URL(`${folder}package.json`, ROOT), 'utf8')) as Manifest
}
