// Bare sockets that connect and say nothing, in a process of their own: so many, and so many of them at a time.
import { once } from 'node:events'
import net from 'node:net'
import type { FloodOptions, FloodReport } from '../../support/siege-process.js'

const { host, port, from, count, abreast, holds } = JSON.parse(process.argv[2]!) as FloodOptions
const report: FloodReport = { connected: 0, failed: 0, closed: 0 }
const held = new Set<net.Socket>()

let begun = 0
async function dial(): Promise<void> {
  while (begun++ < count) {
    const socket = net.connect({ host, port, localAddress: from })
    socket.on('error', () => report.failed++)
    try {
      await once(socket, 'connect')
      report.connected++
    } catch {
      continue
    }
    held.add(socket)
    socket.on('close', () => {
      report.closed++
      held.delete(socket)
    })
    socket.resume()
    if (!holds) {
      // A reset: no port of ours waits for its end.
      socket.resetAndDestroy()
      await once(socket, 'close')
    }
  }
}
await Promise.all(Array.from({ length: abreast }, dial))
process.send!(report)
process.on('message', () => {
  process.send!(report)
})
