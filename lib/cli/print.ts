import { failure } from './failure.js'
import type { Terminal } from './terminal.js'

/** Writes to stdout, and resolves when that has taken it. Rejects with what went wrong, EPIPE when its reader has gone. */
export function print({ stdout }: Terminal, piece: string | Uint8Array): Promise<void> {
  if (piece.length === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    stdout.write(piece, (error) => {
      if (error) reject(failure('write output', error))
      else resolve()
    })
  })
}
