import { clearTimeout, setTimeout } from 'node:timers'

/** Something did not happen in time. */
export class NeverEnded extends Error {
  override readonly name = 'NeverEnded'
}

/** What the promise resolves with; rejects with {@link NeverEnded} if that takes longer. */
export async function within<T>(timeoutMs: number, promise: T | PromiseLike<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NeverEnded(`${what} within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}
