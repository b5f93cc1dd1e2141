/**
 * Closes an iterable whose items are not wanted any more, as leaving a loop over it would: destroys a stream, ends an
 * iterator. Resolves when it is closed; an async generator that is at work closes only after that.
 *
 * @param iterator The iterator of the loop that has begun over it.
 */
export async function closeIterable(iterable: object, iterator: object = iterable): Promise<void> {
  const { destroy, cancel } = iterable as Partial<Record<string, unknown>>
  const { return: leave } = iterator as Partial<Record<string, unknown>>
  try {
    if (typeof destroy === 'function') destroy.call(iterable)
    else if (typeof leave === 'function') await leave.call(iterator)
    else if (typeof cancel === 'function') await cancel.call(iterable)
  } catch {
    // It is closed because of another error, which the caller reports; this one would hide it.
  }
}
