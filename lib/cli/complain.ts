import { CommanderError } from 'commander'
import { reasonOf } from './failure.js'
import type { Terminal } from './terminal.js'

/** Says on stderr, in one line, what went wrong, and sets the exit code for it, unless one is set. */
export function complain(terminal: Terminal, error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander has said it already. Help that was asked for is no error.
    if (error.exitCode !== 0) terminal.exitCode ??= 2
    return
  }
  // The reader of our output has gone, as in `| head -1`: nothing is left to do.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
  terminal.stderr.write(`lengthwise: ${reasonOf(error)}\n`)
  // Throughout the library, a TypeError or a RangeError is a mistake of the caller: here, of what was typed.
  terminal.exitCode ??= error instanceof TypeError || error instanceof RangeError ? 2 : 1
}
