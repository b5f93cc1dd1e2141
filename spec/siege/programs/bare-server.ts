// What Node.js alone does: sends back the bytes of the first connection, and closes what comes beyond a limit.
import net from 'node:net'
import type { ServerOptions } from '../../support/siege-process.js'

const { maxPeers = 1024 } = JSON.parse(process.argv[2]!) as ServerOptions
let inside = 0
const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  if (inside === maxPeers) {
    socket.destroy()
  } else {
    inside++
    socket.on('close', () => inside--)
    socket.pipe(socket)
  }
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  const { address: host, port } = server.address() as net.AddressInfo
  process.send!([{ host, port }])
})
