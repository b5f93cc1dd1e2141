import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import type { Contestant, Link, OnMessage } from './contestant.js'
import { drained } from './drained.js'
import { toAll } from './over-sockets.js'

/** ws with bufferutil and without compression, as its users run it where speed matters. */
export const webSocket: Contestant = {
  name: 'ws',
  serve: async (onMessage) => {
    const links = new Set<Link>()
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
    server.on('connection', (client, { socket }) => {
      const link = linkOf(client, socket, onMessage)
      links.add(link)
      client.once('close', () => links.delete(link))
    })
    await new Promise((resolve) => server.once('listening', resolve))
    return { ...toAll(links), port: (server.address() as AddressInfo).port, close: () => server.close() }
  },
  dial: async (port, onMessage) => {
    // Made here, since only the socket says when it has drained.
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    const client = new WebSocket(`ws://127.0.0.1:${port}`, {
      perMessageDeflate: false,
      createConnection: () => socket,
    })
    const link = linkOf(client, socket, onMessage)
    await new Promise((resolve) => client.once('open', resolve))
    return link
  },
}

function linkOf(client: WebSocket, socket: net.Socket, onMessage: OnMessage): Link {
  client.on('error', () => client.terminate())
  client.on('message', (data: Buffer) => {
    const answer = onMessage(data)
    if (answer !== undefined) client.send(answer)
  })
  return {
    send: (message) => {
      client.send(message)
      return !socket.writableNeedDrain
    },
    drained: () => drained(socket),
    close: () => client.terminate(),
  }
}
