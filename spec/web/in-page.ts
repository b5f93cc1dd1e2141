// What connect-web-socket.spec.ts bundles and runs in a page: a page as a peer of a node.
import { connectWebSocket } from '../../lib/web.js'

/** Sends texts, ends, and answers with what comes until the node ends. */
export async function talk(url: string, texts: readonly string[]): Promise<string[]> {
  const { readable, writable } = await connectWebSocket(url)
  const writer = writable.getWriter()
  for (const text of texts) await writer.write(new TextEncoder().encode(text))
  await writer.close()
  const answers: string[] = []
  for await (const message of readable) answers.push(new TextDecoder().decode(message))
  return answers
}

/** Sends and reads so many messages at once, and answers with how many bytes came, and whether each was what it should be. */
export async function flood(url: string, count: number, size: number): Promise<{ bytes: number; isRight: boolean }> {
  const { readable, writable } = await connectWebSocket(url)
  const writer = writable.getWriter()
  const sending = (async () => {
    for (let i = 0; i < count; i++) await writer.write(new Uint8Array(size).fill(i))
    await writer.close()
  })()
  let [bytes, next, isRight] = [0, 0, true]
  for await (const message of readable) {
    bytes += message.length
    isRight &&= message.length === size && message[0] === next % 256 && message[size - 1] === next % 256
    next++
  }
  await sending
  return { bytes, isRight }
}

/** Connects, and answers with the code of what ends its streams, reading and writing. */
export async function untilCut(url: string): Promise<unknown[]> {
  const { readable, writable } = await connectWebSocket(url)
  const writer = writable.getWriter()
  await writer.write(new TextEncoder().encode('here'))
  const ends = await Promise.allSettled([readable.getReader().read(), writer.closed])
  return ends.map((end) => (end.status === 'rejected' ? (end.reason as { code?: unknown }).code : end.value))
}

/** Connects, reads nothing for a while, and answers with how many bytes there were to read after that. */
export async function readLate(url: string, waitMs: number): Promise<number> {
  const { readable } = await connectWebSocket(url)
  await new Promise((resolve) => setTimeout(resolve, waitMs))
  let bytes = 0
  for await (const message of readable) bytes += message.length
  return bytes
}

/** What a dial is rejected with. */
export async function refusal(url: string): Promise<unknown> {
  return connectWebSocket(url).then(
    () => 'open',
    (error: unknown) => (error as { code?: unknown }).code,
  )
}

/** Whether the browser has streams that hold back who is faster. */
export function hasStreams(): boolean {
  return 'WebSocketStream' in globalThis
}

/** Forgets these, so that the other kind is used. */
export function forgetStreams(): void {
  Reflect.deleteProperty(globalThis, 'WebSocketStream')
}
