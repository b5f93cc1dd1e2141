import { complain } from './complain.js'
import { reasonOf } from './failure.js'
import { toJson } from './message-format.js'
import type { Reporter } from './reporter.js'
import type { Terminal } from './terminal.js'

/**
 * Prints everything as JSON, one object a line. Errors are said on stderr too.
 *
 * @param print Prints a line.
 */
export function jsonReporter(terminal: Terminal, print: (line: string) => void): Reporter {
  const report = (event: object): void => print(`${JSON.stringify(event)}\n`)
  return {
    listening: (address) => report({ event: 'listening', address }),
    joined: ({ id, direction }) => report({ event: 'peer', peer: id, direction }),
    left: ({ id }, reason, loss) => {
      const unsent = loss !== undefined && loss.lost > 0 ? { atLeast: loss.lost, of: loss.given } : undefined
      report({ event: 'disconnect', peer: id, error: reason && describe(reason), unsent })
    },
    failed: (error) => {
      report({ event: 'error', error: describe(error) })
      complain(terminal, error)
    },
    line: (message, from) => `${toJson(message, from.id)}\n`,
  }
}

function describe(error: unknown): object {
  const { code } = error as NodeJS.ErrnoException
  return { code, message: reasonOf(error) }
}
