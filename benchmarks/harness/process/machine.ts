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
