import { complain } from './complain.js'
import { reasonOf } from './failure.js'
import { toJson } from './message-format.js'
import type { Reporter } from './reporter.js'

/** Prints everything as JSON, one object a line. Errors are said on stderr too. */
export const jsonReporter: Reporter = {
  listening: (address) => print({ event: 'listening', address }),
  joined: ({ id, direction }) => print({ event: 'peer', peer: id, direction }),
  left: ({ id }, reason) => print({ event: 'disconnect', peer: id, error: reason && describe(reason) }),
  failed: (error) => {
    print({ event: 'error', error: describe(error) })
    complain(error)
  },
  line: (message, from) => `${toJson(message, from.id)}\n`,
}

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

function describe(error: unknown): object {
  const { code } = error as NodeJS.ErrnoException
  return { code, message: reasonOf(error) }
}
