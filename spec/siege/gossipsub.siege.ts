import { expect } from 'chai'
import { setTimeout } from 'node:timers/promises'
import { gossipsub as service } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { Topic } from '../../lib/index.js'
import { gossipsub } from '../../lib/libp2p.js'
import { Hosts } from '../engines/libp2p-hosts.js'

const NODES = 30
const MESSAGES = 2000

describe(`gossipsub with ${NODES} hosts in one process`, () => {
  const hosts = new Hosts()

  it('brings everything to everybody, or tells what is missing', async () => {
    const all = []
    for (let i = 0; i < NODES; i++)
      all.push(await hosts.host({ services: { identify: identify(), pubsub: service() } }))
    // Each knows three: the others are reached through them.
    for (const [i, host] of all.entries()) {
      for (const step of [1, 5, 11]) await host.dial(all[(i + step) % NODES]!.getMultiaddrs())
    }
    const topics = all.map((host) => new Topic(gossipsub(host), 'prices'))
    const [publisher, ...readers] = topics as [Topic, ...Topic[]]
    const got = readers.map(() => [] as number[])
    const lost = readers.map(() => 0)
    const reading = readers.map(async (topic, i) => {
      topic.on('gap', (_from, pieces) => (lost[i]! += pieces))
      for await (const { data, from } of topic.read()) {
        expect(from).to.equal(publisher.id)
        got[i]!.push(data.readUInt32BE())
      }
    })
    const { pubsub } = all[0]!.services
    while (pubsub.getSubscribers('lengthwise.prices').length < 3) await setTimeout(50)
    // A heartbeat of gossipsub, in which the mesh comes about.
    await setTimeout(2000)
    for (let n = 0; n < MESSAGES; n++) {
      const message = Buffer.alloc(64)
      message.writeUInt32BE(n)
      if (!publisher.send(message)) await publisher.drained()
      if (n % 50 === 49) await setTimeout(10)
    }
    const isDone = (i: number): boolean => got[i]!.at(-1) === MESSAGES - 1
    for (let waited = 0; waited < 100 && !readers.every((_, i) => isDone(i)); waited++) await setTimeout(100)
    await Promise.all(topics.map((topic) => topic.close()))
    await Promise.all(reading)
    const delivered = got.reduce((sum, { length }) => sum + length, 0)
    const gaps = lost.reduce((sum, pieces) => sum + pieces, 0)
    console.log(`      ${delivered} of ${readers.length * MESSAGES} delivered, ${gaps} pieces told as lost`)
    for (const [i, numbers] of got.entries()) {
      expect(numbers).to.deep.equal([...new Set(numbers)].sort((one, other) => one - other))
      if (lost[i] === 0) expect(numbers).to.have.lengthOf(MESSAGES)
    }
  })
})
