import { onAbort } from './on-abort.js'

/** Resolves after a time; rejects with the signal's reason once that is aborted. Leaves no timer and no listener behind. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stopWaiting()
      resolve()
    }, ms)
    const stopWaiting = onAbort(signal, (reason) => {
      clearTimeout(timer)
      // Whatever the caller aborted with is what the caller gets back.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(reason)
    })
  })
}
