// Requests and replies: handlers by the type of a message, which a codec of yours reads and writes.
import { once } from 'node:events'
import { PeerNode } from 'lengthwise'

const codec = {
  parse: (message) => JSON.parse(message),
  serialise: (type, data) => Buffer.from(JSON.stringify({ type, data })),
}

const server = new PeerNode({ codec })
server.addHandler('add', async (from, _type, { id, numbers }) => {
  server.sendMsg('sum', { id, sum: numbers.reduce((sum, number) => sum + number, 0) }, from)
})

const client = new PeerNode({ codec, connect: await server.startServer('tcp://127.0.0.1:0') })
const waiting = new Map()
client.addHandler('sum', (_from, _type, { id, sum }) => {
  waiting.get(id)(sum)
  waiting.delete(id)
})
await client.start()

/** Asks the server, and answers with its reply. */
function add(...numbers) {
  const id = crypto.randomUUID()
  client.sendMsg('add', { id, numbers })
  return new Promise((resolve) => waiting.set(id, resolve))
}

console.log(await Promise.all([add(1, 2), add(3, 4, 5), add()]))
await Promise.all([once(server, 'disconnect'), client.close()])
await server.close()
// → [ 3, 12, 0 ]
