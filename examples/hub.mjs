// A hub: what one node says, all nodes hear.
import { PeerNode } from 'lengthwise'

const hub = new PeerNode()
const connect = await hub.startServer('tcp://127.0.0.1:0')

const nodes = ['Ada', 'Grace', 'Mary'].map((name) => ({ name, node: new PeerNode({ connect }) }))
for (const { node } of nodes) await node.start()
for (const { name, node } of nodes) node.send(Buffer.from(`hello from ${name}`))

let heard = 0
for await (const { data } of hub.readRaw()) {
  // Encoded once, for all.
  hub.send(data)
  if (++heard === nodes.length) break
}
await hub.close()

for (const { name, node } of nodes) {
  await node.close()
  const said = []
  for await (const { data } of node.readRaw()) said.push(String(data))
  console.log(`${name} heard: ${said.sort().join(', ')}`)
}
// → Ada heard: hello from Ada, hello from Grace, hello from Mary
// → Grace heard: hello from Ada, hello from Grace, hello from Mary
// → Mary heard: hello from Ada, hello from Grace, hello from Mary
