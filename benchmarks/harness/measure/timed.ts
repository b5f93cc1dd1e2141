/** Milliseconds that work takes. */
export async function timed(work: () => void | Promise<void>): Promise<number> {
  const start = performance.now()
  const working = work()
  // Awaiting nothing would still cost a turn of the microtask queue.
  if (working !== undefined) await working
  return performance.now() - start
}
