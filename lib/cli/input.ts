import { createReadStream } from 'node:fs'
import { failure } from './failure.js'

/** The bytes of a file; of stdin, where none is named. */
export async function* input(path?: string): AsyncGenerator<Buffer> {
  try {
    yield* (path === undefined ? process.stdin : createReadStream(path)) as AsyncIterable<Buffer>
  } catch (error) {
    throw failure(`read ${path ?? 'stdin'}`, error)
  }
}
