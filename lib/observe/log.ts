import type { Observer } from '../peer/observer.js'
import { formatAddress } from '../transports/endpoint.js'
import { errorOf } from './error-of.js'
import type { Logger } from './logger.js'

/** Tells a logger what happens on a node, in sentences. What the logger throws is a warning of the process. */
export function logTo(logger: Logger): Observer {
  const log = (level: keyof Logger, sentence: string): void => {
    try {
      logger[level]?.(sentence)
    } catch (thrown) {
      process.emitWarning(errorOf(thrown))
    }
  }
  return {
    listening: (_address, name) => log('info', `Listening at ${name}`),
    joined: ({ id, direction }) => log('info', `Peer ${id} joined (${direction})`),
    left: ({ id }, reason) =>
      reason === undefined ? log('info', `Peer ${id} left`) : log('warn', `Peer ${id} left: ${reason.message}`),
    refused: (name, { message }) => log('warn', `Refused ${name}: ${message}`),
    reconnecting: (endpoint, attempt, delayMs, cause) => {
      const why = cause === undefined ? '' : `: ${cause.message}`
      log('info', `Dialling ${formatAddress(endpoint)} again in ${Math.round(delayMs)} ms (attempt ${attempt})${why}`)
    },
    warned: (sentence) => log('warn', sentence),
    dropped: ({ id }, count) => log('debug', `Lost ${count} messages of peer ${id}, or to it`),
    ticked: () => undefined,
    failed: (thrown, peer) => {
      const { message } = errorOf(thrown)
      log('error', peer === undefined ? message : `Peer ${peer.id}: ${message}`)
    },
    closed: () => log('info', 'Closed'),
  }
}
