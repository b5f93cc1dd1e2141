import { PeerError, type TimeoutPhase } from '../errors.js'
import { onAbort } from './on-abort.js'

/** What ends a wait early. */
export interface DeadlineOptions {
  readonly timeoutMs: number
  readonly phase: TimeoutPhase
  /** What could not be done, for the error: `connect to 127.0.0.1:9000`. */
  readonly action: string
  readonly signals: readonly (AbortSignal | undefined)[]
}

/**
 * Runs `work` with a signal that is aborted by any of `signals`, or when the time is up. Nothing stays behind: no timer,
 * and no listener on a signal that may outlive thousands of peers.
 *
 * @throws {PeerError} `ERR_TIMEOUT`, if the time is up first.
 * @throws The reason of the signal that was aborted first.
 */
export async function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { timeoutMs, phase, action, signals } = options
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const message = `Cannot ${action}: no answer within ${timeoutMs} ms`
    controller.abort(new PeerError('ERR_TIMEOUT', message, { phase, limit: timeoutMs }))
  }, timeoutMs)
  const stops = signals.map((signal) => signal && onAbort(signal, (reason) => controller.abort(reason)))
  try {
    controller.signal.throwIfAborted()
    // Listens before it works: the work itself may abort.
    return await Promise.race([rejection(controller.signal), work(controller.signal)])
  } finally {
    clearTimeout(timer)
    for (const stop of stops) stop?.()
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    // Whatever the caller aborted with is what the caller gets back.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    onAbort(signal, (reason) => reject(reason))
  })
}
