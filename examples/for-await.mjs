// One loop over what every peer says, and answers.
import { PeerNode } from 'lengthwise'

const server = new PeerNode({ bind: 'tcp://127.0.0.1:0' })
const client = new PeerNode({ connect: await server.startServer() })
// A loop ends when its node is closed and all that waited is read.
client.once('disconnect', () => client.close())
await client.start()
for (const text of ['one', 'two', 'that was all']) client.send(Buffer.from(text))

for await (const { data, from } of server.readRaw()) {
  console.log(`${from.id} says ${data}`)
  server.send(Buffer.from(`I heard ${data}`), from)
  if (String(data) === 'that was all') break
}
await server.close()

for await (const { data } of client.readRaw()) console.log(`the answer is: ${data}`)
// → 127.0.0.1:… says one
// → 127.0.0.1:… says two
// → 127.0.0.1:… says that was all
// → the answer is: I heard one
// → the answer is: I heard two
// → the answer is: I heard that was all
