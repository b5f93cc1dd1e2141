import net from 'node:net'
import type { Contestant, Link, OnMessage, Outlet } from './contestant.js'

/** Makes one end of a connection out of a socket. */
export type Wrap = (socket: net.Socket, onMessage: (message: Uint8Array) => void) => Outlet

/** A contestant that is told what to do with a socket, and no more. */
export function overSockets(name: string, wrap: Wrap, highWaterMark?: number): Contestant {
  // The mark is an option of Duplex, which net.Socket hands on but whose type leaves it out.
  const options: { noDelay: boolean; allowHalfOpen?: boolean } = {
    noDelay: true,
    ...(highWaterMark !== undefined && { highWaterMark }),
  }
  return {
    name,
    serve: async (onMessage) => {
      const links = new Set<Link>()
      const server = net.createServer(options, (socket) => {
        const link = linkOf(socket, wrap, onMessage)
        links.add(link)
        socket.once('close', () => links.delete(link))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { ...toAll(links), port: (server.address() as net.AddressInfo).port, close: () => server.close() }
    },
    dial: async (port, onMessage) => {
      const socket = new net.Socket(options)
      await new Promise<void>((resolve) => socket.connect({ port, host: '127.0.0.1', noDelay: true }, resolve))
      return linkOf(socket, wrap, onMessage)
    },
  }
}

/** Sends to each of many. */
export function toAll(outlets: Iterable<Outlet>): Outlet {
  let full: Outlet[] = []
  return {
    send: (message) => {
      for (const outlet of outlets) if (!outlet.send(message)) full.push(outlet)
      return full.length === 0
    },
    drained: () => {
      const waiting = full
      full = []
      return Promise.all(waiting.map((outlet) => outlet.drained()))
    },
  }
}

function linkOf(socket: net.Socket, wrap: Wrap, onMessage: OnMessage): Link {
  // The other process is gone: the end that waits for messages says that they are missing.
  socket.on('error', () => socket.destroy())
  const outlet = wrap(socket, (message) => {
    const answer = onMessage(message)
    if (answer !== undefined) outlet.send(answer as Buffer)
  })
  return { send: (message) => outlet.send(message), drained: () => outlet.drained(), close: () => socket.destroy() }
}
