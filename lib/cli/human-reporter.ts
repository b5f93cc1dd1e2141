import { formatAddress } from '../index.js'
import { complain } from './complain.js'
import { reasonOf } from './failure.js'
import type { Loss } from './ledger.js'
import { messageCount } from './message-count.js'
import { type MessageFormat, toText } from './message-format.js'
import type { Reporter } from './reporter.js'
import type { Terminal } from './terminal.js'

/** Prints messages behind the id of their sender, and says everything else on stderr. */
export function humanReporter(terminal: Terminal, format: MessageFormat): Reporter {
  const say = (text: string): void => void terminal.stderr.write(`${text}\n`)
  return {
    listening: (address) => say(`listening on ${formatAddress(address)}`),
    joined: ({ id, direction }) => say(direction === 'inbound' ? `${id} joined` : `connected to ${id}`),
    left: ({ id }, reason, loss) =>
      say(`${id} left${reason === undefined ? '' : `: ${reasonOf(reason)}`}${unsent(loss)}`),
    failed: (error) => complain(terminal, error),
    line: (message, from) => `${from.id}\t${toText(message, format)}\n`,
  }
}

function unsent(loss: Loss | undefined): string {
  if (loss === undefined || loss.lost === 0) return ''
  return `; not sent: ${messageCount(loss.lost, loss.given, loss.isLeast)}`
}
