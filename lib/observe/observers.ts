import type { EventEmitter } from 'node:events'
import type { Observer } from '../peer/observer.js'
import { errorOf } from './error-of.js'
import { eventsOf, type PeerNodeEvents } from './events.js'
import { logTo } from './log.js'
import type { Logger } from './logger.js'

/** Tells a node's logger, if it has one, and then the listeners of its events. */
export function observersOf(node: EventEmitter<PeerNodeEvents>, logger: Logger | undefined): Observer {
  const log = logger === undefined ? undefined : logTo(logger)
  const events = eventsOf(node, (thrown, peer, wasTold) => {
    if (!wasTold) observer.failed(thrown, peer)
    // Listeners of errors are not told what one of them throws: they would be told again and again.
    else if (logger?.error === undefined) process.emitWarning(errorOf(thrown))
    else log?.failed(thrown, peer)
  })
  const observer = log === undefined ? events : both(log, events)
  return observer
}

function both(one: Observer, other: Observer): Observer {
  const all = [one, other]
  return {
    listening: (address, name) => all.forEach((observer) => observer.listening(address, name)),
    joined: (peer) => all.forEach((observer) => observer.joined(peer)),
    left: (peer, reason) => all.forEach((observer) => observer.left(peer, reason)),
    refused: (name, error, reason) => all.forEach((observer) => observer.refused(name, error, reason)),
    reconnecting: (...values) => all.forEach((observer) => observer.reconnecting(...values)),
    warned: (sentence) => all.forEach((observer) => observer.warned(sentence)),
    dropped: (peer, count) => all.forEach((observer) => observer.dropped(peer, count)),
    ticked: (elapsedMs) => all.forEach((observer) => observer.ticked(elapsedMs)),
    failed: (thrown, peer) => all.forEach((observer) => observer.failed(thrown, peer)),
    closed: () => all.forEach((observer) => observer.closed()),
  }
}
