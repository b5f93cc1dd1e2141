import { BareInbox } from '../baselines/bare-inbox.js'
import { BareParser } from '../baselines/bare-parser.js'
import { BareSlab, COPIED_UP_TO as COPIED_INTO_SLABS } from '../baselines/bare-slab.js'
import type { Contestant } from './contestant.js'
import { drained } from './drained.js'
import { forEach } from './for-each.js'
import { overSockets, type Wrap } from './over-sockets.js'

const COPIED_UP_TO = 2048
// Room for four slabs, where a socket has 16 KiB otherwise.
const HIGH_WATER_MARK = 262_144

/** What one writes without a library: a buffer for each frame, a write for each buffer. */
export const plainNet: Contestant = overSockets('net, one write a message', (socket, onMessage) => {
  receive(socket, onMessage)
  return { send: (message) => socket.write(frameOf(message)), drained: () => drained(socket) }
})

/** The same, read by the loop that Node gives a socket. */
export const plainNetForAwait: Contestant = overSockets('net, one write a message, for await', (socket, onMessage) => {
  const parser = new BareParser(onMessage)
  void forEach(socket as AsyncIterable<Buffer>, (chunk) => parser.write(chunk))
  return { send: (message) => socket.write(frameOf(message)), drained: () => drained(socket) }
})

/** The first one done well: the socket is corked until the end of the tick, and long messages are not copied. */
export const corkedNet: Contestant = overSockets('net, corked', corked, HIGH_WATER_MARK)

function corked(...[socket, onMessage]: Parameters<Wrap>): ReturnType<Wrap> {
  const planUncork = atTickEnd(() => socket.uncork())
  receive(socket, onMessage)
  return {
    send: (message) => {
      if (planUncork()) socket.cork()
      if (message.length <= COPIED_UP_TO) return socket.write(frameOf(message))
      socket.write(headerOf(message, 4))
      return socket.write(message)
    },
    drained: () => drained(socket),
  }
}

/** The ceiling: nothing but a loop at both ends. What it sends leaves in slabs, when they are full or the tick ends. */
export const bareNet: Contestant = overSockets('bare slab → bare parser', bareSlab(receive), HIGH_WATER_MARK)

/** The ceiling of all whose messages are read by `for await`. */
export const bareNetForAwait: Contestant = overSockets(
  'bare slab → bare parser, for await',
  bareSlab(receiveByForAwait),
  HIGH_WATER_MARK,
)

function bareSlab(read: (...args: Parameters<Wrap>) => void): Wrap {
  return (socket, onMessage) => {
    const slab = new BareSlab((bytes) => socket.write(bytes))
    const planFlush = atTickEnd(() => slab.flush())
    read(socket, onMessage)
    return {
      send: (message) => {
        planFlush()
        // So that its length leaves in the same system call: 1.2 times as many of 64 KiB.
        const isLong = message.length > COPIED_INTO_SLABS
        if (isLong) socket.cork()
        slab.add(message)
        if (isLong) socket.uncork()
        return !socket.writableNeedDrain
      },
      drained: () => drained(socket),
    }
  }
}

/** Makes a function that plans work for the end of the tick, once; it answers whether it did. */
function atTickEnd(work: () => void): () => boolean {
  let isPlanned = false
  const run = (): void => {
    isPlanned = false
    work()
  }
  return () => {
    if (isPlanned) return false
    isPlanned = true
    process.nextTick(run)
    return true
  }
}

function receive(...[socket, onMessage]: Parameters<Wrap>): void {
  const parser = new BareParser(onMessage)
  socket.on('data', (chunk) => parser.write(chunk))
}

function receiveByForAwait(...[socket, onMessage]: Parameters<Wrap>): void {
  const inbox = new BareInbox()
  socket.on('data', (chunk) => inbox.write(chunk))
  void forEach(inbox, onMessage)
}

function frameOf(message: Buffer): Buffer {
  const frame = headerOf(message, 4 + message.length)
  frame.set(message, 4)
  return frame
}

function headerOf(message: Buffer, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  bytes.writeUInt32BE(message.length)
  return bytes
}
