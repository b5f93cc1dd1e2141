import type { Observer } from '../peer/observer.js'
import type { Peer } from '../peer/peer.js'
import { formatAddress } from '../transports/endpoint.js'
import { errorOf } from './error-of.js'
import type { LogFields, Logger } from './logger.js'

/** What a log has to say. */
type Log = Partial<Observer> & Pick<Observer, 'failed'>

/** Tells a logger what happens on a node, in fields and sentences. What the logger throws is a warning of the process. */
export function logTo(logger: Logger): Log {
  const log = (level: keyof Logger, fields: LogFields, sentence: string): void => {
    try {
      logger[level]?.(fields, sentence)
    } catch (thrown) {
      process.emitWarning(errorOf(thrown))
    }
  }
  return {
    listening: (_address, name) => log('info', { address: name }, `Listening at ${name}`),
    joined: (peer) => log('info', fieldsOf(peer), `Peer ${peer.id} joined (${peer.direction})`),
    left: (peer, reason) =>
      reason === undefined
        ? log('info', fieldsOf(peer), `Peer ${peer.id} left`)
        : log('warn', { ...fieldsOf(peer), ...fieldsOfError(reason) }, `Peer ${peer.id} left: ${reason.message}`),
    refused: (name, error, reason) =>
      log('warn', { address: name, ...fieldsOfError(error), reason }, `Refused ${name}: ${error.message}`),
    reconnecting: (endpoint, attempt, delayMs, cause) => {
      const address = formatAddress(endpoint)
      const why = cause === undefined ? '' : `: ${cause.message}`
      const sentence = `Dialling ${address} again in ${Math.round(delayMs)} ms (attempt ${attempt})${why}`
      log('info', { address, attempt, delayMs, ...(cause !== undefined && fieldsOfError(cause)) }, sentence)
    },
    warned: (sentence) => log('warn', {}, sentence),
    dropped: (peer, count, isUnsent) => {
      const messages = count === 1 ? '1 message' : `${count} messages`
      log('debug', { ...fieldsOf(peer), count }, `Lost ${messages} ${isUnsent ? 'to' : 'of'} peer ${peer.id}`)
    },
    failed: (thrown, peer) => {
      const error = errorOf(thrown)
      const fields = fieldsOfError(error)
      if (peer === undefined) log('error', fields, error.message)
      else log('error', { ...fieldsOf(peer), ...fields }, `Peer ${peer.id}: ${error.message}`)
    },
    closed: () => log('info', {}, 'Closed'),
  }
}

function fieldsOf({ id, address, direction }: Peer): LogFields {
  return { peer: id, ...(address !== undefined && { address: formatAddress(address) }), direction }
}

function fieldsOfError(error: Error): LogFields {
  const { code } = error as { readonly code?: unknown }
  // eslint-disable-next-line id-denylist -- pino's name
  return { ...(typeof code === 'string' && { reason: code }), err: error }
}
