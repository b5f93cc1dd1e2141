import net from 'node:net'
import { BareParser } from '../baselines/bare-parser.js'
import { SlabReader } from '../baselines/slab-reader.js'
import type { Contestant, OnMessage } from './contestant.js'
import { toAll } from './over-sockets.js'

/** The end that listens. */
type Serve = Contestant['serve']

// Enough for all that has come between two reads.
const LANDING_LENGTH = 262_144

/** Reads into slabs, in which the messages stay. */
export const serveIntoPlace: Serve = reading((onMessage) => new SlabReader(onMessage).onread)

/** Reads into one buffer again and again: the messages are there for as long as they are looked at. */
export const serveFleeting: Serve = reading((onMessage) => {
  const landing = Buffer.allocUnsafeSlow(LANDING_LENGTH)
  const parser = new BareParser(onMessage)
  return {
    buffer: landing,
    callback: (length) => {
      parser.write(landing.subarray(0, length))
      return true
    },
  }
})

function reading(createOnread: (onMessage: OnMessage) => net.OnReadOpts): Serve {
  return async (onMessage) => {
    const server = net.createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      const reader = withOnread(socket, createOnread(onMessage))
      // The other process is gone: the messages that are missing say so.
      reader.on('error', () => reader.destroy())
      reader.resume()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // It only receives.
    return { ...toAll([]), port: (server.address() as net.AddressInfo).port, close: () => server.close() }
  }
}

// What a socket keeps to itself.
interface Inner {
  _handle: unknown
}

/** Makes an accepted socket anew around its handle: `onread` is an option of those alone that are made by their user. */
function withOnread(socket: net.Socket, onread: net.OnReadOpts): net.Socket {
  const inner = socket as unknown as Inner
  // Node takes both; its types know neither.
  const options: net.SocketConstructorOpts & { handle: unknown; onread: net.OnReadOpts } = {
    handle: inner._handle,
    onread,
  }
  inner._handle = null
  return new net.Socket(options)
}
