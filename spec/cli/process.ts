import { execa, execaNode, type Options } from 'execa'

const OPTIONS = { reject: false, timeout: 15_000 } as const satisfies Options

/** What is left of a process that has ended. */
export interface Ended {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs a line in a shell that knows the program as `lengthwise`. */
export async function shell(line: string): Promise<Ended> {
  const program = `lengthwise() { '${process.execPath}' --import=tsx lib/cli/lengthwise.ts "$@"; }`
  return endOf(await execa('bash', ['-c', `${program}; ${line}`], OPTIONS))
}

/** A process that runs the program, and is talked to. It is killed when it is disposed of. */
export interface Program extends AsyncDisposable {
  readonly ended: Promise<Ended>
  /** The next line of its stderr. */
  said(): Promise<string>
  type(input: string): void
  kill(signal: NodeJS.Signals): void
}

/** Starts a process. */
export function startProcess(...args: string[]): Program {
  const subprocess = execaNode('lib/cli/lengthwise.ts', args, { ...OPTIONS, nodeOptions: ['--import=tsx'] })
  const stderr = subprocess.iterable({ from: 'stderr' })
  return {
    ended: subprocess.then(endOf),
    said: async () => {
      const line: IteratorResult<string, unknown> = await stderr.next()
      if (line.done === true) throw new Error('The program has ended, and says no more')
      return line.value
    },
    type: (input) => void subprocess.stdin.write(input),
    kill: (signal) => void subprocess.kill(signal),
    [Symbol.asyncDispose]: async () => {
      subprocess.kill('SIGKILL')
      await subprocess
    },
  }
}

function endOf({ exitCode, stdout, stderr }: Partial<Ended>): Ended {
  return { exitCode, stdout: stdout ?? '', stderr: stderr ?? '' }
}
