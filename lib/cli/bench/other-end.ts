import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Address, formatAddress } from '../../index.js'

/** The listening end in a process of its own, so that both ends have a processor. */
export interface OtherEnd extends Disposable {
  readonly endpoint: string
}

/** Starts it at a free port of this machine. It ends with the connections to it, whatever becomes of this process. */
export async function startOtherEnd(): Promise<OtherEnd> {
  // The program as this file is: compiled, or not.
  const program = fileURLToPath(new URL(`../lengthwise${path.extname(import.meta.url)}`, import.meta.url))
  const args = [...process.execArgv, program, 'bench', '--once', '--json', '0']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([once(lines, 'line'), endOf(child)])) as [string]
  // What it prints from now on is not read; its reader must not go before it.
  child.stdout.resume()
  const { address } = JSON.parse(line) as { address: Address }
  return { endpoint: formatAddress(address), [Symbol.dispose]: () => void child.kill() }
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`Cannot start the other end: its process has ended with code ${String(code)}`)
}
