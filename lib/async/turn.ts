// Longer than this, the loops of a process do not keep its timers and sockets waiting.
const TURN_MS = 10

/** Items that a loop may give between two looks at the clock: reading it costs as much as giving one. */
export const ITEMS_A_LOOK = 32

type Callback = () => void

// Kept from the beginning: to ask globalThis for the clock costs as much as to read it, and a test's fake timers must not
// hold up a loop. Browsers have no setImmediate; their MessageChannel does not wait 4 ms, as their setTimeout does.
const { performance, setImmediate, MessageChannel } = globalThis as Pick<typeof globalThis, 'performance'> &
  Partial<Pick<typeof globalThis, 'setImmediate' | 'MessageChannel'>>

/**
 * A turn of the event loop, as loops see it that take what waits: promises that are ready keep it from everything else, so
 * after about 10 ms a loop should go on in the next turn. All loops of a process share the turn, as they share its event
 * loop; they go on together, so that they have turns of the next one too.
 */
export class Turn {
  // NaN until it is first asked for.
  #startedMs = NaN
  #waiting: Callback[] = []

  /** The time, in milliseconds from anywhere. */
  now(): number {
    return performance.now()
  }

  /** Whether loops have used up the turn, or one waits for the next already. */
  isOver(nowMs: number = this.now()): boolean {
    if (Number.isNaN(this.#startedMs)) this.#startedMs = nowMs
    const usedMs = nowMs - this.#startedMs
    // Below 0 where a test has set the clock.
    return this.#waiting.length > 0 || usedMs > TURN_MS || usedMs < 0
  }

  /**
   * Says that the system has called, and so that nothing was kept waiting before. Without it loops would be held while a
   * thousand sockets bring more in the same turn, which then waits in memory (benchmarks/fan-in.ts: three times as long).
   */
  renew(): void {
    this.#startedMs = NaN
  }

  /** Calls back in the next turn. */
  next(callback: Callback): void {
    if (this.#waiting.push(callback) === 1) inNextTurn(() => this.#begin())
  }

  /** Resolves in the next turn. */
  pass(): Promise<void> {
    return new Promise((resolve) => this.next(resolve))
  }

  #begin(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#startedMs = NaN
    for (const callback of waiting) callback()
  }
}

function inNextTurn(callback: Callback): void {
  if (setImmediate !== undefined) {
    setImmediate(callback)
  } else if (MessageChannel !== undefined) {
    const { port1, port2 } = new MessageChannel()
    ;(port1 as { onmessage?: Callback }).onmessage = () => {
      port1.close()
      callback()
    }
    port2.postMessage(undefined)
  }
}

/** The turn of the event loop that all loops of this process share. */
export const turn: Turn = new Turn()
