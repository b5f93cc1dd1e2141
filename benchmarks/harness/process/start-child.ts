import { type BirpcReturn, createBirpc } from 'birpc'
import { type ChildProcess, fork } from 'node:child_process'
import { compile } from './compile.js'

/** A process of our own, and the functions that it exposes. */
export interface Child<Functions extends object> {
  readonly call: BirpcReturn<Functions>
  stop(): void
}

// No call takes longer, unless messages are lost.
const TIMEOUT_MS = 30_000

/** What a process runs under. */
export interface Circumstances {
  /** The only processor it may use; `undefined`: any. */
  readonly core?: number | undefined
  /** Variables of the environment, besides those that are there for all. */
  readonly env?: NodeJS.ProcessEnv
  /** Arguments for `node` itself. */
  readonly nodeArgs?: readonly string[]
}

/** Starts a program as a process. */
export async function startChild<Functions extends object>(
  program: URL,
  args: readonly string[],
  { core, env, nodeArgs = [] }: Circumstances = {},
): Promise<Child<Functions>> {
  const child: ChildProcess = fork(await compile(program), args, {
    serialization: 'advanced',
    env: { ...process.env, ...env },
    execArgv: [...(core === undefined ? [] : ['-c', String(core), process.execPath]), ...nodeArgs],
    ...(core !== undefined && { execPath: 'taskset' }),
  })
  const call = createBirpc<Functions>(
    {},
    {
      post: (data) => void child.send(data as object),
      on: (listener) => void child.on('message', listener),
      timeout: TIMEOUT_MS,
    },
  )
  // Calls that wait, and those that follow, are rejected.
  child.once('exit', (code) => call.$close(new Error(`Process of ${program.pathname} ended with code ${code}`)))
  child.on('error', (error) => call.$close(error))
  return { call, stop: () => child.kill() }
}
