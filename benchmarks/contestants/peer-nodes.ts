import { type Peer, PeerNode, type Received, type Transport } from '../../lib/index.js'
import type { Contestant, Link, OnMessage } from './contestant.js'

const OVER_TCP = {
  transports: (): Promise<Transport[]> => Promise.resolve([]),
  bind: '127.0.0.1:0',
  endpointAt: (port: number): string => `127.0.0.1:${port}`,
}

export const readRaw: Contestant = peerNodes('send → readRaw', async (node, onMessage) => {
  for await (const { data, from } of node.readRaw()) take(node, data, from, onMessage)
})

export const readRawBatches: Contestant = peerNodes('send → readRawBatches', readInBatches)

/** Another way than TCP from node to node. */
export interface Way {
  readonly name: string
  readonly bind: string
  /** Makes the transport of one process. */
  readonly transport: () => Promise<Transport>
  /** What leads to a node that listens at a port. */
  readonly endpointAt: (port: number) => string
}

/** Nodes over another way than TCP, read in batches. */
export function overWay({ name, bind, transport, endpointAt }: Way): Contestant {
  const transports = async (): Promise<Transport[]> => [await transport()]
  return peerNodes(`send → readRawBatches, ${name}`, readInBatches, { transports, bind, endpointAt })
}

async function readInBatches(node: PeerNode, onMessage: OnMessage): Promise<void> {
  for await (const batch of node.readRawBatches()) {
    for (const { data, from } of batch) take(node, data, from, onMessage)
  }
}

function peerNodes(
  name: string,
  receive: (node: PeerNode, onMessage: OnMessage) => Promise<void>,
  { transports, bind, endpointAt } = OVER_TCP,
): Contestant {
  return {
    name,
    serve: async (onMessage) => {
      const node = new PeerNode({ transports: await transports(), maxPeers: 100_000 })
      const address = await node.startServer(bind)
      void receive(node, onMessage)
      return { ...linkOf(node), port: address.port! }
    },
    dial: async (port, onMessage) => {
      const node = new PeerNode({ transports: await transports() })
      const peer = await node.connectTo(endpointAt(port))
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
