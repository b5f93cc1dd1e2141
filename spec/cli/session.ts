import { complain } from '../../lib/cli/complain.js'
import { createProgram } from '../../lib/cli/program.js'
import type { EndSignal } from '../../lib/cli/terminal.js'
import { MemoryTerminal } from './memory-terminal.js'

/** What is left of a program that has ended. */
export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs in this process, and is talked to. It is interrupted when it is disposed of. */
export interface Session extends AsyncDisposable {
  readonly terminal: MemoryTerminal
  readonly ended: Promise<Ended>
  /** The next line of its stdout. */
  printed(): Promise<string>
  /** The next line of its stderr. */
  said(): Promise<string>
  /** The next line of its stderr that is like this. */
  saidLike(pattern: RegExp): Promise<string>
  type(input: string | Uint8Array): void
  endInput(): void
  signal(signal: EndSignal): void
}

/** Starts the program as lengthwise.ts does, at a terminal in memory. */
export function start(args: readonly string[], terminal: MemoryTerminal = new MemoryTerminal()): Session {
  const ended = createProgram(terminal)
    .parseAsync(args, { from: 'user' })
    .catch((error: unknown) => complain(terminal, error))
    .then(() => endOf(terminal))
  return {
    terminal,
    ended,
    printed: () => terminal.stdout.nextLine(),
    said: () => terminal.stderr.nextLine(),
    saidLike: async (pattern) => {
      for (;;) {
        const line = await terminal.stderr.nextLine()
        if (pattern.test(line)) return line
      }
    },
    type: (input) => void terminal.keyboard.write(input),
    endInput: () => void terminal.keyboard.end(),
    signal: (signal) => terminal.signal(signal),
    [Symbol.asyncDispose]: async () => {
      terminal.keyboard.end()
      terminal.signal('SIGINT')
      await ended
    },
  }
}

/** Runs the program to its end. */
export async function run(args: readonly string[], input: string | Uint8Array = ''): Promise<Ended> {
  const session = start(args)
  session.terminal.keyboard.end(input)
  return session.ended
}

/** The same, and answers the bytes that it printed. */
export async function bytesOf(args: readonly string[], input: string | Uint8Array = ''): Promise<Buffer> {
  const session = start(args)
  session.terminal.keyboard.end(input)
  await session.ended
  return session.terminal.stdout.bytes
}

/** A program that listens. */
export interface Listening extends Session {
  readonly endpoint: string
}

/** Starts `lengthwise listen`, and resolves when it listens. */
export async function startListening(...args: string[]): Promise<Listening> {
  const session = start(['listen', ...args])
  const endpoint = (await session.said()).replace('listening on ', '')
  return { ...session, endpoint }
}

function endOf(terminal: MemoryTerminal): Ended {
  // What waits to be printed is woken, and fails.
  terminal.stdout.end()
  terminal.stderr.end()
  return {
    exitCode: terminal.exitCode ?? 0,
    stdout: terminal.stdout.bytes.toString(),
    stderr: terminal.stderr.bytes.toString(),
  }
}
