import { execa, execaNode, type Options } from 'execa'

const OPTIONS = { reject: false, timeout: 15_000 } as const satisfies Options
const NODE_OPTIONS = { ...OPTIONS, nodeOptions: ['--import=tsx'] } as const satisfies Options

/** What is left of a program that has ended. */
export interface Ended {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program to its end. */
export async function run(args: readonly string[], input: string | Uint8Array = ''): Promise<Ended> {
  return endOf(await execaNode('lib/cli/lengthwise.ts', args, { ...NODE_OPTIONS, input }))
}

/** Runs a line in a shell that knows the program as `lengthwise`. */
export async function shell(line: string): Promise<Ended> {
  const program = `lengthwise() { '${process.execPath}' --import=tsx lib/cli/lengthwise.ts "$@"; }`
  return endOf(await execa('bash', ['-c', `${program}; ${line}`], OPTIONS))
}

/** A program that runs, and is talked to. It is killed when it is disposed of. */
export interface Program extends AsyncDisposable {
  readonly ended: Promise<Ended>
  /** The next line of its stdout. */
  printed(): Promise<string>
  /** The next line of its stderr. */
  said(): Promise<string>
  type(input: string | Uint8Array): void
  endInput(): void
  kill(signal: NodeJS.Signals): void
}

/** Starts the program. */
export function start(...args: string[]): Program {
  const subprocess = execaNode('lib/cli/lengthwise.ts', args, NODE_OPTIONS)
  const stdout = subprocess.iterable({ from: 'stdout' })
  const stderr = subprocess.iterable({ from: 'stderr' })
  return {
    ended: subprocess.then(endOf),
    printed: () => next(stdout),
    said: () => next(stderr),
    type: (input) => void subprocess.stdin.write(input),
    endInput: () => void subprocess.stdin.end(),
    kill: (signal) => void subprocess.kill(signal),
    [Symbol.asyncDispose]: async () => {
      subprocess.kill('SIGKILL')
      await subprocess
    },
  }
}

/** A program that listens. */
export interface Listening extends Program {
  readonly endpoint: string
}

/** Starts `lengthwise listen`, and resolves when it listens. */
export async function startListening(...args: string[]): Promise<Listening> {
  const program = start('listen', ...args)
  const endpoint = (await program.said()).replace('listening on ', '')
  return { ...program, endpoint }
}

async function next(lines: AsyncIterator<string, unknown>): Promise<string> {
  const result = await lines.next()
  if (result.done === true) throw new Error('The program has ended, and prints no more')
  return result.value
}

function endOf({ exitCode, stdout, stderr }: Partial<Ended>): Ended {
  return { exitCode, stdout: stdout ?? '', stderr: stderr ?? '' }
}
