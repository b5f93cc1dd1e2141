import { decode, encode } from 'it-length-prefixed'
import type { Contestant } from './contestant.js'
import { drained } from './drained.js'
import { forEach } from './for-each.js'
import { overSockets } from './over-sockets.js'

/** With its own varint, which is faster there than four bytes are. */
export const itLengthPrefixed: Contestant = overSockets('it-length-prefixed', (socket, onMessage) => {
  void forEach(decode(socket as AsyncIterable<Uint8Array>), (list) => onMessage(list.subarray()))
  return { send: (message) => socket.write(encode.single(message).subarray()), drained: () => drained(socket) }
})
