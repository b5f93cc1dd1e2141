import { type Child, startChild } from '../harness/process/start-child.js'
import type { Endpoint } from '../roles/play-end.js'
import type { Sockets } from '../roles/sockets.js'
import type { WireName } from '../roles/wires.js'

const ENDPOINT = new URL('../roles/endpoint.ts', import.meta.url)
const SOCKETS = new URL('../roles/sockets.ts', import.meta.url)

const GREETING_SIZE = 64
// Those whom a server has no time to accept wait in a queue of the kernel; with no room left there they come seconds later.
const JOINED_AT_ONCE = 100

/** A contestant's server in one process, and many sockets without a library in another. */
export interface Crowd {
  readonly server: Child<Endpoint>
  readonly sockets: Child<Sockets>
  readonly wire: WireName
  /** Dials so many times; resolves when every socket has sent a message of 64 bytes, and the server has them all. */
  readonly join: (count: number) => Promise<void>
  /**
   * Has every socket get a message and answer it, twice, so that both ends of all connections have answered. Linux
   * acknowledges every segment to a remote end that never has, and every second one later; WebSockets have from the start.
   */
  readonly converse: () => Promise<void>
  /** Hangs up. */
  readonly leave: () => Promise<void>
  stop(): void
}

export async function gatherCrowd(contestant: string): Promise<Crowd> {
  const [server, sockets] = await Promise.all([
    startChild<Endpoint>(ENDPOINT, [contestant]),
    startChild<Sockets>(SOCKETS, []),
  ])
  const port = await server.call.serve('take any')
  const wire: WireName = contestant === 'ws' ? 'websocket' : 'uint32be'
  return {
    server,
    sockets,
    wire,
    // A socket is connected before the server knows of it: only a message tells that it does.
    join: async (count) => {
      for (let left = count; left > 0; left -= JOINED_AT_ONCE) {
        const joining = Math.min(left, JOINED_AT_ONCE)
        await server.call.expect(GREETING_SIZE, joining, true)
        await sockets.call.open(port, joining, wire, GREETING_SIZE)
        await server.call.finished()
      }
    },
    converse: async () => {
      for (let i = 0; i < 2; i++) {
        const answers = await sockets.call.answer(GREETING_SIZE, wire)
        await server.call.expect(GREETING_SIZE, answers, true)
        await server.call.broadcast(GREETING_SIZE, 1, 1)
        await server.call.finished()
      }
    },
    leave: () => sockets.call.close(),
    stop: () => {
      server.stop()
      sockets.stop()
    },
  }
}
