import { type Peer, PeerNode, type Received } from '../../lib/index.js'
import type { Contestant, Link, OnMessage } from './contestant.js'

export const readRaw: Contestant = peerNodes('send → readRaw', async (node, onMessage) => {
  for await (const { data, from } of node.readRaw()) take(node, data, from, onMessage)
})

export const readRawBatches: Contestant = peerNodes('send → readRawBatches', async (node, onMessage) => {
  for await (const batch of node.readRawBatches()) {
    for (const { data, from } of batch) take(node, data, from, onMessage)
  }
})

function peerNodes(name: string, receive: (node: PeerNode, onMessage: OnMessage) => Promise<void>): Contestant {
  return {
    name,
    serve: async (onMessage) => {
      const node = new PeerNode()
      const address = await node.startServer({ port: 0, host: '127.0.0.1' })
      void receive(node, onMessage)
      return { ...linkOf(node), port: address.port! }
    },
    dial: async (port, onMessage) => {
      const node = new PeerNode()
      const peer = await node.connectTo({ port, host: '127.0.0.1' })
      void receive(node, onMessage)
      return linkOf(node, peer)
    },
  }
}

function take(node: PeerNode, data: Received['data'], from: Peer, onMessage: OnMessage): void {
  const answer = onMessage(data)
  if (answer !== undefined) node.send(answer, from)
}

// Without a peer, to all.
function linkOf(node: PeerNode, peer?: Peer): Link {
  return { send: (message) => node.send(message, peer), drained: () => node.drained(peer), close: () => node.close() }
}
