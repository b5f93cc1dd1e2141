export type Take = (bytes: Uint8Array) => void

/** What it-pipe functions give: the bytes are what `subarray` answers. */
interface ByteList {
  subarray(): Uint8Array
}

/** Work of an it-pipe function: takes everything it makes of an array. */
export function overLists(
  iterate: (items: readonly Buffer[]) => Iterable<ByteList> | AsyncIterable<ByteList>,
): (items: readonly Buffer[], take: Take) => void | Promise<void> {
  return (items, take) => {
    const lists = iterate(items)
    if (Symbol.asyncIterator in lists) return takeAsync(lists, take)
    takeSync(lists, take)
    return undefined
  }
}

/** The array as an async source. */
export async function* asyncOf(items: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const item of items) yield item
}

function takeSync(lists: Iterable<ByteList>, take: Take): void {
  for (const list of lists) take(list.subarray())
}

async function takeAsync(lists: AsyncIterable<ByteList>, take: Take): Promise<void> {
  for await (const list of lists) take(list.subarray())
}
