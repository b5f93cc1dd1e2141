import type { Readable, Writable } from 'node:stream'
import { isatty } from 'node:tty'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** A signal that asks the program to end. */
export type EndSignal = (typeof SIGNALS)[number]

/** All that the program has of the process around it. */
export interface Terminal {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Whether stdin is a keyboard. */
  readonly isTyped: boolean
  /** Whether stderr is a screen. */
  readonly isWatched: boolean
  /** The command that runs this program, without what it is told. */
  readonly program: readonly [file: string, ...args: string[]]
  /** Columns of the window in which stdout is read; `undefined` where it goes elsewhere. */
  readonly columns: number | undefined
  /** What the process will answer when it ends; `undefined` while nothing has failed. */
  exitCode: number | undefined
  /** Calls back for the first signal of each kind. The second one ends the process, as if there were no listener. */
  onSignal(listener: (signal: EndSignal) => void): void
}

/** The terminal of this process. Its streams are opened by the first use, so that no command waits for a stdin it does not read. */
export class ProcessTerminal implements Terminal {
  get stdin(): Readable {
    return process.stdin
  }

  get stdout(): Writable {
    return process.stdout
  }

  get stderr(): Writable {
    return process.stderr
  }

  get isTyped(): boolean {
    return isatty(0)
  }

  get isWatched(): boolean {
    return isatty(2)
  }

  get program(): readonly [string, ...string[]] {
    return [process.execPath, ...process.execArgv, process.argv[1]!]
  }

  get columns(): number | undefined {
    return process.stdout.isTTY ? process.stdout.columns : undefined
  }

  get exitCode(): number | undefined {
    return process.exitCode === undefined ? undefined : Number(process.exitCode)
  }

  set exitCode(code: number | undefined) {
    process.exitCode = code
  }

  onSignal(listener: (signal: EndSignal) => void): void {
    for (const signal of SIGNALS) process.once(signal, () => listener(signal))
  }
}
