import { drained } from '../contestants/drained.js'
import { RING_LENGTH, ringOf } from '../harness/measure/messages.js'
import { expose } from '../harness/process/expose.js'
import { Line } from './line.js'
import { type WireName, wires } from './wires.js'

// Many sockets and no library: what they write is made beforehand, what they get is compared with what should come.

const lines: Line[] = []

const functions = {
  /** Dials so many times more, all at once, and sends one message of `size` bytes from each. */
  async open(port: number, count: number, wire: WireName, size: number): Promise<void> {
    const greeting = wires[wire].request(ringOf(size)[0]!)
    for (const line of await Promise.all(Array.from({ length: count }, () => dial(port, wire)))) {
      line.socket.write(greeting)
      lines.push(line)
    }
  },

  /** Every socket will answer the next thing it gets with a message of `size` bytes; answers with how many they are. */
  answer(size: number, wire: WireName): number {
    const answer = wires[wire].request(ringOf(size)[0]!)
    for (const line of lines) void line.answered().then(() => line.socket.write(answer))
    return lines.length
  },

  /** Writes from every socket in turn, so many messages in each write; answers with the time at which it began. */
  async flood(size: number, messages: number, writes: number, wire: WireName): Promise<bigint> {
    const ring = ringOf(size)
    const bytes = Buffer.concat(
      Array.from({ length: messages }, (_, i) => wires[wire].request(ring[i & (RING_LENGTH - 1)]!)),
    )
    const start = process.hrtime.bigint()
    for (let i = 0; i < writes; i++) {
      for (const { socket } of lines) {
        if (socket.writableNeedDrain) await drained(socket)
        socket.write(bytes)
      }
    }
    return start
  },

  /** Expects that every socket gets so many rings of messages. */
  expect(size: number, rings: number, wire: WireName): void {
    const ring = Buffer.concat(ringOf(size).map((message) => wires[wire].response(message)))
    received = Promise.all(lines.map((line) => gets(line, ring, rings))).then(() => process.hrtime.bigint())
    let isOver = false
    received
      // What is wrong is told by `finished`.
      .catch(() => undefined)
      .finally(() => (isOver = true))
    // Never asleep meanwhile: to wake it would cost a sender more than the sending.
    const stayAwake = (): void => {
      if (!isOver) setImmediate(stayAwake)
    }
    stayAwake()
  },

  /** Resolves when they have, with the time of the last byte. */
  finished(): Promise<bigint> {
    return received!
  },

  /** Hangs up. */
  close(): void {
    for (const { socket } of lines.splice(0)) socket.destroy()
  },
}

let received: Promise<bigint> | undefined

async function dial(port: number, wire: WireName): Promise<Line> {
  const line = new Line(port)
  await line.connected()
  await wires[wire].greet(line)
  return line
}

function gets(line: Line, ring: Buffer, rings: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let length = 0
    line.onBytes = (bytes) => {
      if (!continues(ring, length % ring.length, bytes)) reject(new Error('Bytes differ from those that were sent'))
      length += bytes.length
      if (length === ring.length * rings) resolve()
    }
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
