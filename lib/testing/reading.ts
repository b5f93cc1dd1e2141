import { setImmediate as nextTurn } from 'node:timers/promises'
import { nameOf } from '../arguments.js'
import type { Output, TransformPair } from './coder.js'
import {
  ITERABLE_READERS,
  type NodeStream,
  type Reader,
  readIterable,
  readStream,
  STREAM_READERS,
  type Take,
} from './readers.js'

/** What a decoder or an encoder returned, ready to be read. */
export interface Reading {
  /** In which ways; none where there is no choice. */
  readonly readers: readonly Reader[]
  /** Reads all of it. Streams get the input first. */
  read(input: readonly unknown[], reader: Reader, take: Take): Promise<void>
  /** Leaves nothing open. */
  close?(): void
}

/** Finds out how to read what was returned. @throws {TypeError} If there is no way. */
export function readingOf(output: Output): Reading {
  if (isNodeStream(output)) {
    // A stream without a listener for errors would end the process while it is not read.
    output.on('error', ignore)
    return {
      readers: STREAM_READERS,
      read: (input, reader, take) => readThroughStream(output, input, reader, take),
      close: () => output.destroy(),
    }
  }
  if (isTransformPair(output)) {
    return {
      readers: ITERABLE_READERS,
      read: (input, reader, take) => readThroughPair(output, input, reader, take),
    }
  }
  if (isAsyncIterable(output)) {
    return { readers: ITERABLE_READERS, read: (_input, reader, take) => readIterable(output, reader, take) }
  }
  if (isIterable(output)) {
    return {
      readers: [],
      read: async (_input, _reader, take) => {
        for (const item of output) take(item)
      },
    }
  }
  throw new TypeError(`Cannot read what was returned: expected messages or a stream, got ${nameOf(output)}`)
}

async function readThroughStream(
  stream: NodeStream,
  input: readonly unknown[],
  reader: Reader,
  take: Take,
): Promise<void> {
  const reading = readStream(stream, reader, take)
  reading.catch(ignore)
  for (const item of input) {
    if (stream.destroyed) break
    stream.write(item)
    if (reader !== 'slow for await') await nextTurn()
  }
  if (!stream.destroyed) stream.end()
  await reading
}

async function readThroughPair(
  { readable, writable }: TransformPair,
  input: readonly unknown[],
  reader: Reader,
  take: Take,
): Promise<void> {
  const writer = writable.getWriter()
  const reading = readIterable(readable, reader, take)
  reading.catch(ignore)
  for (const item of input) {
    // A writer takes what its stream is for, which the caller knows.
    writer.write(item as never).catch(ignore)
    if (reader !== 'slow for await') await nextTurn()
  }
  writer.close().catch(ignore)
  await reading
}

function ignore(): void {
  // The reader gets the same error, and reports it.
}

function isNodeStream(output: unknown): output is NodeStream {
  return has(output, 'write') && has(output, 'on')
}

function isTransformPair(output: unknown): output is TransformPair {
  return has(output, 'writable') && has(output, 'readable')
}

function isAsyncIterable(output: unknown): output is AsyncIterable<unknown> {
  return has(output, Symbol.asyncIterator)
}

function isIterable(output: unknown): output is Iterable<unknown> {
  return has(output, Symbol.iterator)
}

function has(output: unknown, name: PropertyKey): boolean {
  return typeof output === 'object' && output !== null && name in output
}
