import { CommanderError } from 'commander'
import { reasonOf } from './failure.js'

/** Says on stderr, in one line, what went wrong, and lets the process end with the exit code for it. */
export function complain(error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander has said it already. Help that was asked for is no error.
    process.exitCode = error.exitCode === 0 ? 0 : 2
    return
  }
  // Whoever read the output has gone, as in `| head -1`: nothing is left to do.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
  process.stderr.write(`lengthwise: ${reasonOf(error)}\n`)
  // Throughout the library, what the caller got wrong is a TypeError or a RangeError.
  process.exitCode ??= error instanceof TypeError || error instanceof RangeError ? 2 : 1
}
