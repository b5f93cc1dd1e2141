// Bare sockets that behave badly, or well, in a process of their own: so many, all alike.
import { once } from 'node:events'
import net from 'node:net'
import type { BareOptions, BareReport, Behaviour } from '../../support/siege-process.js'

const MIB = 1_048_576
const ABREAST = 100

const { host, port, count, behaviour } = JSON.parse(process.argv[2]!) as BareOptions
const report: BareReport = { connected: 0, closed: 0, bytesIn: 0, bytesOut: 0 }

const half = Buffer.concat([header(4 * MIB), Buffer.alloc(2 * MIB)])
const message = Buffer.concat([header(65_532), Buffer.alloc(65_532)])
const nothings = Buffer.alloc(10 * MIB)

const behaviours: Readonly<Record<Behaviour, (socket: net.Socket) => void>> = {
  claims: (socket) => void socket.write(header(0xff_ff_ff_ff)),
  drips: (socket) => {
    socket.write(header(MIB))
    const dripping = setInterval(() => socket.write(Buffer.alloc(1)), 1000)
    socket.on('close', () => clearInterval(dripping))
  },
  floods: (socket) => {
    const flood = (): void => {
      while (socket.write(message));
    }
    socket.on('drain', flood)
    flood()
  },
  'half-a-message': (socket) => void socket.write(half),
  reads: () => undefined,
  'says-nothings': (socket) => void socket.write(nothings),
  stuck: (socket) => void socket.write(message),
}

async function dial(): Promise<void> {
  while (begun++ < count) {
    const socket = net.connect({ host, port, noDelay: true })
    socket.on('error', () => {})
    try {
      await once(socket, 'connect')
    } catch {
      continue
    }
    report.connected++
    socket.on('close', () => {
      report.closed++
      report.bytesOut += socket.bytesWritten - socket.writableLength
    })
    if (behaviour !== 'stuck') socket.on('data', (chunk) => (report.bytesIn += chunk.length))
    behaviours[behaviour](socket)
  }
}

function header(length: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  return bytes
}

let begun = 0
await Promise.all(Array.from({ length: ABREAST }, dial))
process.send!(report)
process.on('message', () => {
  process.send!(report)
})
