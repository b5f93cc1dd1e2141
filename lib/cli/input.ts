import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { failure } from './failure.js'
import type { Terminal } from './terminal.js'

/** The bytes of a file; of stdin, where none is named, or `-`. Aborted, it rejects with the reason of the signal. */
export async function* input(terminal: Terminal, path?: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const stream: Readable = isStdin(path) ? terminal.stdin : createReadStream(path)
  if (signal !== undefined) addAbortSignal(signal, stream)
  try {
    yield* stream as AsyncIterable<Buffer>
  } catch (error) {
    signal?.throwIfAborted()
    throw failure(`read ${nameOfInput(path)}`, error)
  }
}

/** What errors call an input. */
export function nameOfInput(path?: string): string {
  return isStdin(path) ? 'stdin' : path
}

function isStdin(path: string | undefined): path is '-' | undefined {
  return path === undefined || path === '-'
}
