import { Backoff } from '../async/backoff.js'
import { onAbort } from '../async/on-abort.js'
import type { Target } from '../transports/endpoint.js'
import type { ReconnectSettings } from './reconnect-options.js'

/** An endpoint that is dialled until it answers, and again whenever its peer has left: until it is cut. */
export class Tie {
  readonly target: Target
  readonly atOnce: number
  /** A peer that stayed for so many milliseconds was reached for good. */
  readonly stableMs: number
  readonly backoff: Backoff
  readonly #over = new AbortController()
  readonly #stops: (() => void)[] = []

  /** @param signals Any of them, aborted, cuts it. */
  constructor(target: Target, settings: ReconnectSettings, signals: readonly (AbortSignal | undefined)[]) {
    this.target = target
    this.atOnce = settings.atOnce
    this.stableMs = settings.maxMs
    this.backoff = new Backoff(settings)
    for (const signal of signals) {
      if (signal !== undefined) this.#stops.push(onAbort(signal, (reason) => this.cut(reason)))
    }
  }

  /** Aborted when the tie is cut, with the reason of the signal that did so. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  get isCut(): boolean {
    return this.#over.signal.aborted
  }

  /** Ends it: nothing is dialled any more. */
  cut(reason?: unknown): void {
    for (const stop of this.#stops.splice(0)) stop()
    this.#over.abort(reason)
  }
}
