import type { EventEmitter } from 'node:events'
import { type Observer, OBSERVES_NOTHING } from '../peer/observer.js'
import { diagnosticsOf } from './diagnostics.js'
import { errorOf } from './error-of.js'
import { eventsOf, type PeerNodeEvents } from './events.js'
import { logTo } from './log.js'
import type { Logger } from './logger.js'

/**
 * Tells what happens on a node to all that observe it, in this order: what counts, its logger if it has one, the
 * subscribers of channels, and the listeners of its events.
 */
export function observersOf(
  node: EventEmitter<PeerNodeEvents>,
  logger: Logger | undefined,
  stats: Partial<Observer>,
): Observer {
  const log = logger === undefined ? undefined : logTo(logger)
  const events = eventsOf(node, (thrown, peer, wasTold) => {
    if (!wasTold) observer.failed(thrown, peer)
    // Listeners of errors are not told what one of them throws: they would be told again and again.
    else if (logger?.error === undefined) process.emitWarning(errorOf(thrown))
    else log?.failed(thrown, peer)
  })
  const observer = inTurn([stats, log ?? {}, diagnosticsOf(node), events])
  return observer
}

type Observe = (...values: unknown[]) => void

/** Tells several, in turn; each has lines for what it observes. */
function inTurn(observers: readonly Partial<Observer>[]): Observer {
  // What each takes is checked where it is written: all of a name take the same.
  const all = { ...OBSERVES_NOTHING } as unknown as Record<string, Observe>
  const tables = observers as readonly Partial<Record<string, Observe>>[]
  for (const name of Object.keys(all)) {
    const told = tables.flatMap((table) => table[name] ?? [])
    if (told.length === 1) all[name] = told[0]!
    if (told.length > 1) all[name] = (...values) => told.forEach((observe) => observe(...values))
  }
  return all as unknown as Observer
}
