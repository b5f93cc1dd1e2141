import { expect } from 'chai'
import { setTimeout } from 'node:timers/promises'
import { gossipsub as service, StrictNoSign } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { Topic } from '../../lib/index.js'
import { gossipsub } from '../../lib/libp2p.js'
import { Lab, rejectionOf, take, thrownBy } from '../support/lab.js'
import { Hosts } from './libp2p-hosts.js'

describe('gossipsub', () => {
  const hosts = new Hosts()
  const lab = new Lab()

  async function host() {
    return hosts.host({ services: { identify: identify(), pubsub: service() } })
  }

  function topic(bus: ReturnType<typeof gossipsub>): Topic {
    const topic = new Topic(bus, 'prices')
    lab.later(() => topic.close())
    return topic
  }

  it('brings what is said to all that read, signed by who said it, in its order', async () => {
    const [one, other] = [await host(), await host()]
    await one.dial(other.getMultiaddrs())
    const bus = gossipsub(other)
    const readers = [topic(bus), topic(bus)]
    for (const reader of readers) await reader.start()
    const { pubsub } = one.services
    while (pubsub.getSubscribers('lengthwise.prices').length === 0) await setTimeout(10)

    const writer = topic(gossipsub(one))
    const said = Array.from({ length: 30 }, (_, i) => `price ${i}`)
    for (const [i, text] of said.entries()) {
      writer.send(Buffer.from(text))
      // Several pieces.
      if (i % 10 === 9) await setTimeout(1)
    }
    for (const reader of readers) {
      const heard = await take(reader.read(), said.length)
      expect(heard.map(({ data }) => data.toString())).to.deep.equal(said)
      expect(new Set(heard.map(({ from }) => from))).to.have.all.keys(one.peerId.toString())
    }
    // The other reader of the same host goes on.
    await readers[0]!.close()
    writer.send(Buffer.from('more'))
    expect((await take(readers[1]!.read(), 1))[0]!.data.toString()).to.equal('more')
  })

  it('loses nothing by saying what no host reads, and ends the loop when its host stops', async () => {
    const alone = await host()
    const lonely = topic(gossipsub(alone))
    lonely.send(Buffer.from('hello?'))
    await lonely.drained()
    const reading = take(lonely.read(), 1)
    await lonely.start()
    await alone.stop()
    expect(await rejectionOf(reading))
      .to.have.property('message')
      .that.includes('there were only 0')
    expect(lonely.stats.dropped).to.equal(0)
  })

  it('refuses groups, hosts without the service, and services that do not sign', async () => {
    const bus = gossipsub(await host())
    const grouped = new Topic(bus, 'prices', { group: 'workers' })
    expect(await rejectionOf(grouped.start())).to.be.instanceOf(TypeError)
    const anonymous = await hosts.host({
      services: { identify: identify(), pubsub: service({ globalSignaturePolicy: StrictNoSign }) },
    })
    expect(thrownBy(() => gossipsub(anonymous))).to.be.instanceOf(TypeError)
    expect(thrownBy(() => gossipsub({} as never))).to.be.instanceOf(TypeError)
    expect(thrownBy(() => gossipsub(anonymous, { prefix: 1 } as never))).to.be.instanceOf(TypeError)
  })
})
