import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * A way to read what a stream gives. A slow `for await` begins when all chunks are written, and rests before each
 * message; the others begin at once, and get one chunk in each turn of the event loop.
 */
export type Reader = 'for await' | 'slow for await' | 'data' | 'read'

/** Every way to read a stream of Node. */
export const STREAM_READERS: readonly Reader[] = ['for await', 'slow for await', 'data', 'read']

/** Every way to read an async iterable. */
export const ITERABLE_READERS: readonly Reader[] = ['for await', 'slow for await']

/** What this kit asks of a stream of Node. */
export interface NodeStream extends AsyncIterable<unknown> {
  on(event: string, listener: (value: unknown) => void): unknown
  read(): unknown
  write(item: unknown): unknown
  end(): unknown
  destroy(): unknown
  readonly destroyed: boolean
}

/** Gets what is read. */
export type Take = (item: unknown) => void

/** Reads a stream to its end; rejects with its error. */
export async function readStream(stream: NodeStream, reader: Reader, take: Take): Promise<void> {
  if (reader === 'data') stream.on('data', take)
  else if (reader === 'read') stream.on('readable', () => readAll(stream, take))
  else return readIterable(stream, reader, take)
  await new Promise<unknown>((resolve, reject) => {
    stream.on('end', resolve)
    stream.on('error', reject)
    stream.on('close', () => reject(new Error('Stream closed before its end')))
  })
}

/** Reads an async iterable to its end; rejects with its error. Only a slow reader differs from the others. */
export async function readIterable(items: AsyncIterable<unknown>, reader: Reader, take: Take): Promise<void> {
  const isSlow = reader === 'slow for await'
  if (isSlow) await nextTurn()
  for await (const item of items) {
    if (isSlow) await nextTurn()
    take(item)
  }
}

function readAll(stream: NodeStream, take: Take): void {
  for (let item = stream.read(); item !== null; item = stream.read()) take(item)
}
