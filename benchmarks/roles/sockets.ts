import net from 'node:net'
import { expose } from '../harness/child.js'
import { drained } from '../harness/drained.js'
import { RING_LENGTH, ringOf } from '../harness/messages.js'
import { type WireName, wires } from './wires.js'

// Many sockets and no library: what they write is made beforehand, what they get is compared with what should come.

const sockets: net.Socket[] = []
// As many as a server is willing to queue.
const DIALLED_AT_ONCE = 100

const functions = {
  /** Dials so many times more, and sends one message of `size` bytes from each. */
  async open(port: number, count: number, wire: WireName, size: number): Promise<void> {
    const greeting = wires[wire].request(ringOf(size)[0]!)
    for (let left = count; left > 0; left -= DIALLED_AT_ONCE) {
      const opened = Array.from({ length: Math.min(left, DIALLED_AT_ONCE) }, () => dial(port, wire))
      for (const socket of await Promise.all(opened)) {
        socket.write(greeting)
        sockets.push(socket)
      }
    }
  },

  /** Writes from every socket in turn, so many messages in each write; answers with the time at which it began. */
  async flood(size: number, messages: number, writes: number, wire: WireName): Promise<bigint> {
    const ring = ringOf(size)
    const bytes = Buffer.concat(
      Array.from({ length: messages }, (_, i) => wires[wire].request(ring[i & (RING_LENGTH - 1)]!)),
    )
    const start = process.hrtime.bigint()
    for (let i = 0; i < writes; i++) {
      for (const socket of sockets) {
        if (socket.writableNeedDrain) await drained(socket)
        socket.write(bytes)
      }
    }
    return start
  },

  /** Expects that every socket gets so many rings of messages. */
  expect(size: number, rings: number, wire: WireName): void {
    const ring = Buffer.concat(ringOf(size).map((message) => wires[wire].response(message)))
    received = Promise.all(sockets.map((socket) => gets(socket, ring, rings))).then(() => process.hrtime.bigint())
    // What is wrong is told to whoever waits for the end.
    received.catch(() => undefined)
  },

  /** Resolves when they have, with the time of the last byte. */
  finished(): Promise<bigint> {
    return received!
  },

  /** Hangs up. */
  close(): void {
    for (const socket of sockets.splice(0)) socket.destroy()
  },
}

let received: Promise<bigint> | undefined

async function dial(port: number, wire: WireName): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  await wires[wire].greet(socket)
  return socket
}

function gets(socket: net.Socket, ring: Buffer, rings: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let length = 0
    socket.removeAllListeners('data').on('data', (chunk) => {
      if (!continues(ring, length % ring.length, chunk)) reject(new Error('Bytes differ from those that were sent'))
      length += chunk.length
      if (length === ring.length * rings) resolve()
    })
  })
}

/** Whether `chunk` is what comes next of a ring that is sent again and again. */
function continues(ring: Buffer, at: number, chunk: Buffer): boolean {
  const length = Math.min(chunk.length, ring.length - at)
  if (ring.compare(chunk, 0, length, at, at + length) !== 0) return false
  return length === chunk.length || continues(ring, 0, chunk.subarray(length))
}

export type Sockets = typeof functions

expose(functions)
