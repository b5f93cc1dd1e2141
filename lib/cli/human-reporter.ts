import { formatAddress } from '../index.js'
import { complain } from './complain.js'
import { reasonOf } from './failure.js'
import { type MessageFormat, toText } from './message-format.js'
import type { Reporter } from './reporter.js'

/** Prints messages behind who sent them, and says everything else on stderr. */
export function humanReporter(format: MessageFormat): Reporter {
  return {
    listening: (address) => say(`listening on ${formatAddress(address)}`),
    joined: ({ id, direction }) => say(direction === 'inbound' ? `${id} joined` : `connected to ${id}`),
    left: ({ id }, reason) => say(reason === undefined ? `${id} left` : `${id} left: ${reasonOf(reason)}`),
    failed: complain,
    line: (message, from) => `${from.id}\t${toText(message, format)}\n`,
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
