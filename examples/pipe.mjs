// Whole messages over a socket: two Transforms, and nothing else.
import { once } from 'node:events'
import net from 'node:net'
import { LengthPrefixDecoder, LengthPrefixEncoder } from 'lengthwise'

const server = net.createServer(async (socket) => {
  for await (const message of socket.pipe(new LengthPrefixDecoder())) console.log(`got "${message}"`)
  server.close()
})
await once(server.listen(0, '127.0.0.1'), 'listening')

const encoder = new LengthPrefixEncoder()
encoder.pipe(net.connect(server.address().port, '127.0.0.1'))
for (const text of ['one', '', 'three']) encoder.write(Buffer.from(text))
encoder.end()
// → got "one"
// → got ""
// → got "three"
