/** Lets everything happen that is due. */
export async function aWhile(): Promise<void> {
  // Node and browsers both have it, and it takes no time; a browser that sets many timers waits 4 ms for each.
  const { port1, port2 } = new MessageChannel()
  await new Promise((resolve) => {
    ;(port1 as { onmessage?: unknown }).onmessage = resolve
    port2.postMessage('now')
  })
  port1.close()
}

/** What a promise is rejected with; `undefined` if it is not. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Gives the chunks, one whenever it is asked. */
export function sourceOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.iterator]()
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = iterator.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
  })
}

/** How often the event loop goes round while something is done. */
export async function turnsDuring(work: () => Promise<void>): Promise<number> {
  const counter = { turns: 0, isDone: false }
  const counting = (async () => {
    for (; !counter.isDone; counter.turns++) await aWhile()
  })()
  await work()
  counter.isDone = true
  await counting
  return counter.turns
}
