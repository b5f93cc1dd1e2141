// A chat without a server: hosts of libp2p that find each other on the local network, and prove who they are.
import { once } from 'node:events'
import { mdns } from '@libp2p/mdns'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { PeerNode } from 'lengthwise'
import { libp2p } from 'lengthwise/libp2p'
import { createLibp2p } from 'libp2p'

// Those of one chat have one name for it. This one is as good as alone on its network.
const serviceTag = `_chat-${process.pid}._udp.local`

async function join(name) {
  const host = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    // A window of 1 MiB is the most that a peer costs which does not read.
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 2 ** 20 } })],
    peerDiscovery: [mdns({ serviceTag, interval: 500 })],
  })
  const node = new PeerNode({ transports: [libp2p(host)], bind: 'libp2p:' })
  await node.start()
  host.addEventListener('peer:discovery', ({ detail: { id } }) => {
    // Both have found each other: one of them dials.
    if (String(host.peerId) < String(id)) node.connectTo(String(id)).catch(() => {})
  })
  return { name, host, node }
}

const members = await Promise.all(['Ada', 'Grace', 'Mary'].map(join))
for (const { node } of members) while (node.peers.size < members.length - 1) await once(node, 'peer')
for (const { name, node } of members) node.send(Buffer.from(`hello from ${name}`))

const names = new Map(members.map(({ name, host }) => [String(host.peerId), name]))
for (const { name, node } of members) {
  const heard = []
  for await (const { data, from } of node.readRaw()) {
    heard.push(`"${data}" of ${names.get(from.identity)}`)
    if (heard.length === members.length - 1) break
  }
  console.log(`${name} heard ${heard.sort().join(' and ')}`)
}
// Nodes first: a host does not wait for the other ends.
await Promise.all(members.map(({ node }) => node.close()))
await Promise.all(members.map(({ host }) => host.stop()))
// → Ada heard "hello from Grace" of Grace and "hello from Mary" of Mary
// → Grace heard "hello from Ada" of Ada and "hello from Mary" of Mary
// → Mary heard "hello from Ada" of Ada and "hello from Grace" of Grace
