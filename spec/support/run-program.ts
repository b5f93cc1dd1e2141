import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'

/** How a program ended, and what it printed, line by line. */
export interface Run {
  readonly printed: readonly string[]
  /** `undefined` if it did not end by itself. */
  readonly exitCode: number | undefined
}

// A reader who tries an example waits no longer.
const TIME_LIMIT_MS = 10_000

// As many programs run at the same time as there are processors.
const lanes = Array.from({ length: availableParallelism() }, () => Promise.resolve())
let runs = 0

/**
 * Runs a program as a user does, in a process of its own. Those that are planned together run side by side.
 *
 * @param runtime What runs it, and the arguments in front of its path; the Node.js of this process unless said.
 * @param env Variables of its environment, besides those of this process.
 */
export function runProgram(
  path: string,
  runtime: readonly string[] = [process.execPath],
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  const lane = runs++ % lanes.length
  const result = lanes[lane]!.then(() => start(path, runtime, env))
  lanes[lane] = result.then(
    () => undefined,
    () => undefined,
  )
  return result
}

async function start(path: string, [runtime, ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  // One file for what is printed as output and as errors, so that all of it stays in order.
  const log = await open(`${path}.log`, 'w+')
  try {
    const child = spawn(runtime!, [...args, path], {
      cwd: dirname(path),
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '', ...env },
      stdio: ['ignore', log.fd, log.fd],
      timeout: TIME_LIMIT_MS,
      killSignal: 'SIGKILL',
    })
    const [exitCode] = (await once(child, 'exit')) as [number | null]
    const printed = (await readFile(`${path}.log`, 'utf8')).split('\n').slice(0, -1)
    return { printed, exitCode: exitCode ?? undefined }
  } finally {
    await log.close()
  }
}
