import type { Crowd } from './crowd.js'

/** Milliseconds from the first write of a crowd's sockets, which write so often each, to the last message at the server. */
export type FloodTime = (writes: number, thorough?: boolean) => Promise<number>

/** How long a server takes for what `connections` sockets write, `messages` in each write. It has been verified byte for byte. */
export async function floodTime(
  { server, sockets, wire, join, converse, leave }: Crowd,
  connections: number,
  size: number,
  messages: number,
): Promise<FloodTime> {
  await leave()
  await join(connections)
  await converse()
  const time: FloodTime = async (writes, thorough = false) => {
    await server.call.expect(size, connections * messages * writes, thorough)
    const start = await sockets.call.flood(size, messages, writes, wire)
    return Number((await server.call.finished()) - start) / 1e6
  }
  await time(1, true)
  return time
}
