import type { Socket } from 'node:net'
import { Landing } from './landing.js'
import type { LengthPrefixDecoder } from './length-prefix-decoder.js'
import { readInto } from './read-into.js'

/**
 * Does what `socket.pipe(decoder)` does, and reads the bytes of long messages to where the messages stay, instead of joining
 * them from what arrived at a time. Messages of 1 MiB take the receiver 0.7 to 0.9 of the time; at 64 KiB it is a draw.
 *
 * The socket must be new: nothing of it read, and nothing else reading it. It then emits no `'data'`, until the decoder has
 * ended or was detached. Where a socket cannot do that, it is piped: over TLS, on Windows, outside Node.
 *
 * @returns The decoder.
 *
 * @example
 * net.createServer((socket) => {
 *   pipeInPlace(socket, new LengthPrefixDecoder()).on('data', (message) => console.log(message.length))
 * })
 */
export function pipeInPlace<Decoder extends LengthPrefixDecoder>(socket: Socket, decoder: Decoder): Decoder {
  const landing = new Landing()
  const resume = (): void => void socket.resume()
  const isInPlace = readInto(socket, {
    get room() {
      return landing.room
    },
    onRead: (length) => {
      const chunk = landing.take(length)
      try {
        // What comes behind the frames is the socket's own again.
        if (!decoder.writable) return socket.push(chunk)
        if (!decoder.write(chunk)) {
          socket.pause()
          decoder.once('drain', resume)
        }
        return true
      } finally {
        // Also after a listener has thrown.
        landing.choose(decoder)
      }
    },
  })
  if (!isInPlace) return socket.pipe(decoder)
  socket.on('end', () => {
    if (decoder.writable) decoder.end()
  })
  decoder.on('error', () => socket.pause())
  socket.resume()
  return decoder
}
