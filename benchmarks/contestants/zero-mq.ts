import { Pair } from 'zeromq'
import type { Contestant, Link, OnMessage } from './contestant.js'

export const zeroMq: Contestant = {
  name: 'zeromq',
  serve: async (onMessage) => {
    const socket = new Pair()
    await socket.bind('tcp://127.0.0.1:*')
    return { ...linkOf(socket, onMessage), port: Number(socket.lastEndpoint?.split(':').at(-1)) }
  },
  dial: async (port, onMessage) => {
    const socket = new Pair()
    socket.connect(`tcp://127.0.0.1:${port}`)
    return linkOf(socket, onMessage)
  },
}

function linkOf(socket: Pair, onMessage: OnMessage): Link {
  let sent = Promise.resolve()
  const send = (message: Uint8Array): boolean => {
    sent = socket.send(message)
    // It takes the next message when it has taken this one.
    return false
  }
  void receive(socket, onMessage, send)
  return { send, drained: () => sent, close: () => socket.close() }
}

async function receive(socket: Pair, onMessage: OnMessage, send: (message: Uint8Array) => boolean): Promise<void> {
  for await (const [message] of socket) {
    const answer = onMessage(message!)
    if (answer !== undefined) send(answer)
  }
}
