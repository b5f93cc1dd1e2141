type Callback = (reason: unknown) => void

// What waits for each signal. One listener serves all: Node warns of more than ten.
const waiting = new WeakMap<AbortSignal, Set<Callback>>()

/**
 * Calls back when a signal is aborted, with its reason; at once if it is aborted already. However many wait for one
 * signal, it has one listener, and none when nothing waits any more.
 *
 * @param callback Another function for each wait.
 * @returns A function that stops waiting.
 */
export function onAbort(signal: AbortSignal, callback: Callback): () => void {
  const callbacks = waiting.get(signal) ?? new Set()
  if (signal.aborted) {
    callback(signal.reason)
  } else {
    if (callbacks.size === 0) signal.addEventListener('abort', callAll, { once: true })
    waiting.set(signal, callbacks.add(callback))
  }
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return
    waiting.delete(signal)
    signal.removeEventListener('abort', callAll)
  }
}

// One function, so that it can be removed by whichever wait ends last.
function callAll(event: Event): void {
  const signal = event.target as AbortSignal
  // Those that stop meanwhile are called no more.
  for (const callback of waiting.get(signal) ?? []) callback(signal.reason)
  waiting.delete(signal)
}
