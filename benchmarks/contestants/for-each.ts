/** Reads everything by `for await`. */
export async function forEach<T>(items: AsyncIterable<T>, take: (item: T) => void): Promise<void> {
  for await (const item of items) take(item)
}
