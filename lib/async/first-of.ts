/**
 * Begins attempts one after the other, and resolves with what the first to succeed gives. The next one is begun when the
 * one before it has failed, or has taken `delayMs`; none is given up.
 *
 * @throws {AggregateError} If all have failed, with their errors in the order of the attempts.
 */
export function firstOf<T>(attempts: readonly (() => Promise<T>)[], delayMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const errors: unknown[] = []
    let begun = 0
    let failed = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      begun = attempts.length
      finish()
    }
    const beginNext = (): void => {
      clearTimeout(timer)
      const i = begun++
      const attempt = attempts[i]
      if (attempt === undefined) return
      timer = setTimeout(beginNext, delayMs)
      attempt().then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => {
          errors[i] = error
          if (++failed === attempts.length) settle(() => reject(new AggregateError(errors)))
          else beginNext()
        },
      )
    }
    beginNext()
  })
}
