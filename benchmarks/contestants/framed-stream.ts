import FramedStream from 'framed-stream'
import type { Contestant } from './contestant.js'
import { drained } from './drained.js'
import { overSockets } from './over-sockets.js'

export const framedStream: Contestant = overSockets('framed-stream', (socket, onMessage) => {
  const stream = new FramedStream(socket).on('data', onMessage)
  return { send: (message) => stream.write(message), drained: () => drained(stream) }
})
