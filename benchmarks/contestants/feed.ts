import type { Duplex } from 'node:stream'
import type { Take } from './byte-list.js'
import { drained } from './drained.js'

/** Writes everything to a stream, waiting when it says so, and ends it. */
export async function feed(items: readonly Buffer[], stream: Duplex): Promise<void> {
  for (const item of items) if (!stream.write(item)) await drained(stream)
  stream.end()
}

/** Work of a Transform: takes what its `'data'` listener gets. */
export function onData(create: () => Duplex): (items: readonly Buffer[], take: Take) => Promise<void> {
  return async (items, take) => {
    const stream = create().on('data', take)
    await ended(stream, () => feed(items, stream))
  }
}

/** Resolves when a stream has given its last item; `begin` makes it start. */
export async function ended(stream: Duplex, begin: () => void | Promise<void>): Promise<void> {
  const end = new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
  await begin()
  await end
}
