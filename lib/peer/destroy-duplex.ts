import type { Duplex } from 'node:stream'

// How long a duplex may take to say that it has closed. A socket says so in the next turn.
const LONGEST_SILENCE_MS = 100

/**
 * Destroys a duplex. Not every one says that it has closed: some emit no 'close', others wait for something that never comes.
 *
 * @param onSilence Called where it has said nothing in time.
 */
export function destroyDuplex(duplex: Duplex, onSilence: () => void): void {
  if (duplex.closed) {
    // What it has to say has been said, or is about to be.
    process.nextTick(onSilence)
    return
  }
  const timer = setTimeout(onSilence, LONGEST_SILENCE_MS)
  duplex.once('close', () => clearTimeout(timer))
  duplex.destroy()
}
