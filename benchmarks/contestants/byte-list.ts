import { forEach } from './for-each.js'

export type Take = (bytes: Uint8Array) => void

/** What it-pipe functions give: bytes in pieces, which `subarray` joins. */
interface ByteList extends Iterable<Uint8Array> {
  subarray(): Uint8Array
}

type Lists = Iterable<Uint8Array | ByteList> | AsyncIterable<Uint8Array | ByteList>

/** Work of an it-pipe function that decodes: takes every message in one piece. */
export function messagesOf(decode: (chunks: readonly Buffer[]) => Lists): Work {
  return overLists(decode, (list, take) => take(list.subarray()))
}

/** Work of an it-pipe function that encodes: takes the bytes piece by piece, as one writes them to a socket. */
export function bytesOf(encode: (messages: readonly Buffer[]) => Lists): Work {
  return overLists(encode, (list, take) => {
    if (list instanceof Uint8Array) take(list)
    else for (const piece of list) take(piece)
  })
}

/** The array as an async source. */
export async function* asyncOf(items: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const item of items) yield item
}

type Work = (items: readonly Buffer[], take: Take) => void | Promise<void>

function overLists(
  iterate: (items: readonly Buffer[]) => Lists,
  takeList: (list: Uint8Array | ByteList, take: Take) => void,
): Work {
  return (items, take) => {
    const lists = iterate(items)
    if (Symbol.asyncIterator in lists) return forEach(lists, (list) => takeList(list, take))
    for (const list of lists) takeList(list, take)
    return undefined
  }
}
