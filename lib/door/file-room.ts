import { readdirSync, readFileSync } from 'node:fs'

// Files that are left for everything else: what is dialled, name look-ups, logs.
const RESERVE = 16

/**
 * How many connections from outside the process has files for.
 *
 * Beyond its limit the system hands out no more, and libuv accepts and closes what comes then without a word: so a node looks
 * at the limit when it begins to listen, and turns away what is too much itself. Linux tells; elsewhere there is no limit here.
 */
export class FileRoom {
  #room = Infinity

  /** Whether there is a file for one more, beside those that are there. */
  has(connections: number): boolean {
    return connections < this.#room
  }

  /**
   * Looks at the limit.
   *
   * @param connections Those that are there.
   * @param wanted So many should have room.
   * @returns What a person should know, if there is less room than that.
   */
  measure(connections: number, wanted: number): string | undefined {
    const limit = limitOf(read('/proc/self/limits'))
    if (limit === Infinity) return undefined
    const others = openFiles() - connections
    this.#room = Math.max(limit - others - RESERVE, 1)
    if (this.#room >= wanted) return undefined
    return (
      `Room for ${this.#room} connections and not for ${wanted} (maxPeers and maxPending): ` +
      `the process may have ${limit} open files, of which ${others} are in use and ${RESERVE} are kept free; see ulimit -n`
    )
  }
}

/** The limit that counts, of those in the words of Linux; `Infinity` where they name none. */
export function limitOf(limits: string): number {
  return Number(/^Max open files\s+(?<soft>\d+)/m.exec(limits)?.groups?.['soft'] ?? Infinity)
}

function openFiles(): number {
  // One of them is that of the folder being read.
  return readdirSync('/proc/self/fd').length - 1
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Another system.
    return ''
  }
}
