import type { Terminal } from '../terminal.js'

const LENGTH = 30
// Often enough for an eye.
const INTERVAL_MS = 100
const BACK_TO_START = '\r\x1b[K'

/**
 * A bar on stderr that says how far the program is; nothing where stderr is not watched. It has no timer: it is drawn when it
 * is told of progress, which is between two messages, so that none of them is measured with it.
 *
 * Twenty lines of our own: cli-progress would come with five packages, and be two thirds of what commander is.
 */
export class ProgressBar {
  readonly #terminal: Terminal
  #drawnMs = -Infinity

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** @param done How much of all is done, from 0 to 1. @param what What is being done. */
  show(done: number, what: string): void {
    if (!this.#terminal.isWatched || performance.now() - this.#drawnMs < INTERVAL_MS) return
    this.#drawnMs = performance.now()
    const full = Math.round(done * LENGTH)
    const bar = '█'.repeat(full) + '░'.repeat(LENGTH - full)
    this.#terminal.stderr.write(`${BACK_TO_START}${bar} ${Math.floor(done * 100)}% ${what}`)
  }

  /** Makes room for what is printed. */
  clear(): void {
    if (this.#drawnMs !== -Infinity) this.#terminal.stderr.write(BACK_TO_START)
    this.#drawnMs = -Infinity
  }
}
