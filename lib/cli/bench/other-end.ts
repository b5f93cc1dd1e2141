import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Address, formatAddress } from '../../index.js'
import type { Terminal } from '../terminal.js'

/** The listening end in a process of its own, so that both ends have a processor. */
export interface OtherEnd extends Disposable {
  readonly endpoint: string
}

/** Starts it at a free port of this machine. It ends with the connections to it. */
export async function startOtherEnd({ program: [file, ...args] }: Terminal): Promise<OtherEnd> {
  const child = spawn(file, [...args, 'bench', '--once', '--json', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([once(lines, 'line'), endOf(child)])) as [string]
  const { address } = JSON.parse(line) as { address: Address }
  return { endpoint: formatAddress(address), [Symbol.dispose]: () => void child.kill() }
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`Cannot start the other end: its process has ended with code ${String(code)}`)
}
