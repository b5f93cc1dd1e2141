import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { Duplex } from 'node:stream'
import createTestnet from 'hyperdht/testnet.js'
import Hyperswarm from 'hyperswarm'
import type { PeerNode } from '../../lib/index.js'
import { arrival, departure, Lab, receive } from '../support/lab.js'

/** Streams of streamx look like those of Node, but do not tell when a write is done: docs/engines.md has this too. */
function duplexOf(stream: Duplex): Duplex {
  const duplex = new Duplex({
    allowHalfOpen: true,
    read: () => void stream.resume(),
    write: (bytes, _encoding, callback) => {
      if (stream.write(bytes)) callback()
      else stream.once('drain', callback)
    },
    final: (callback) => {
      stream.end()
      callback()
    },
    destroy: (error, callback) => {
      stream.destroy(error ?? undefined)
      callback(error)
    },
  })
  stream.on('data', (bytes: Buffer) => {
    if (!duplex.push(bytes)) stream.pause()
  })
  stream.on('end', () => duplex.push(null))
  stream.on('error', (error) => duplex.destroy(error))
  return duplex
}

describe('hyperswarm, by attach', () => {
  const lab = new Lab()

  it('gives peers whose identity is a key, and whose end is clean', async () => {
    const testnet = await createTestnet(3)
    lab.later(() => testnet.destroy())
    const topic = randomBytes(32)
    const nodes: PeerNode[] = []
    const swarms = [0, 1].map(() => {
      const node = lab.node()
      nodes.push(node)
      const swarm = new Hyperswarm({ dht: testnet.createNode() })
      swarm.on('connection', (connection, { publicKey }) => {
        node.attach(duplexOf(connection), { identity: publicKey.toString('hex') })
      })
      lab.later(() => swarm.destroy())
      return swarm
    })
    const joined = Promise.all([arrival(nodes[0]!), arrival(nodes[1]!)])
    await swarms[0]!.join(topic, { server: true, client: false }).flushed()
    swarms[1]!.join(topic, { server: false, client: true })
    const [toOne, toZero] = await joined
    expect([toOne.identity, toZero.identity]).to.deep.equal(
      [swarms[1]!, swarms[0]!].map(({ keyPair }) => keyPair.publicKey.toString('hex')),
    )
    const message = Buffer.alloc(1000, 'x')
    for (let i = 0; i < 10_000; i++) if (!nodes[1]!.send(message)) await nodes[1]!.drained()
    const received = await receive(nodes[0]!, 10_000)
    expect(received.every(({ data }) => data.equals(message))).to.equal(true)
    const left = departure(nodes[0]!)
    await toZero.close()
    expect((await left).reason).to.equal(undefined)
  })
})
