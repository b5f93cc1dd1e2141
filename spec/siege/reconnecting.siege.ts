import { expect } from 'chai'
import { setTimeout } from 'node:timers/promises'
import { BaseNode, type IpAddress, jsonCodec, PeerError, PeerNode, tcp, type Transport } from '../../lib/index.js'
import { Lab } from '../support/lab.js'
import { freePort } from '../support/server-process.js'
import { type ServerOptions, SiegeProcess } from '../support/siege-process.js'

/** TCP, with all dials of a node counted: those that are under way, and when each began. */
class CountedTcp {
  readonly transport: Transport
  readonly begunMs: number[] = []
  underWay = 0
  most = 0

  constructor() {
    this.transport = {
      ...tcp,
      connect: async (...values) => {
        this.begunMs.push(performance.now())
        this.most = Math.max(this.most, ++this.underWay)
        try {
          return await tcp.connect(...values)
        } finally {
          this.underWay--
        }
      },
    }
  }
}

describe('a hub that is killed', () => {
  const lab = new Lab()

  async function hubAt(bind: readonly IpAddress[], options: Pick<ServerOptions, 'does'> = {}): Promise<SiegeProcess> {
    const hub = new SiegeProcess('server', { bind, maxPeers: 4000, ...options })
    lab.later(() => hub.kill())
    await hub.says()
    return hub
  }

  const placesFor = async (count: number): Promise<IpAddress[]> =>
    Promise.all(Array.from({ length: count }, async () => ({ host: '127.0.0.1', port: await freePort() })))

  it('has its 200 clients back within maxMs and a second, with never more than atOnce dials each (threat 33)', async () => {
    const places = await placesFor(3)
    const [maxMs, atOnce] = [2000, 2]
    const clients = Array.from({ length: 200 }, () => {
      const counted = new CountedTcp()
      const options = { connect: places, reconnect: { minMs: 100, maxMs, atOnce } }
      return { counted, node: lab.keep(new BaseNode(options, [counted.transport])) }
    })
    const peersOf = (): number => clients.reduce((sum, { node }) => sum + node.peers.size, 0)
    let hub = await hubAt(places)
    await Promise.all(clients.map(({ node }) => node.start()))
    for (const downMs of [0, 3000]) {
      await hub.kill()
      while (peersOf() > 0) await setTimeout(5)
      await setTimeout(downMs)
      hub = await hubAt(places)
      const upMs = performance.now()
      while (peersOf() < 600 && performance.now() - upMs < maxMs + 1000) await setTimeout(5)
      console.log(`      600 peers of 200 clients were back after ${Math.round(performance.now() - upMs)} ms`)
      expect(peersOf()).to.equal(600)
    }
    expect(Math.max(...clients.map(({ counted }) => counted.most))).to.equal(atOnce)
  })

  it('leaves no request of its 200 clients open: each is told at once that the hub is gone (threat 33)', async () => {
    const [connect] = await placesFor(1)
    const hub = await hubAt([connect!], { does: 'ponder' })
    const reconnect = { minMs: 100, maxMs: 2000 }
    const clients = Array.from({ length: 200 }, () =>
      lab.keep(new PeerNode({ connect: connect!, reconnect, codec: jsonCodec() })),
    )
    await Promise.all(clients.map((client) => client.start()))
    const requests = clients.flatMap((client) => {
      const [peer] = client.peers.values()
      return Array.from({ length: 10 }, (_, number) => client.request('question', number, peer!))
    })
    const told = Promise.allSettled(requests)
    // Some have arrived, and others are on their way.
    await setTimeout(100)
    const diedMs = performance.now()
    await hub.kill()
    const codes = (await told).map((result) => {
      return result.status === 'rejected' && result.reason instanceof PeerError ? result.reason.code : result.status
    })
    const toldMs = performance.now() - diedMs
    console.log(`      ${codes.length} open requests were told within ${Math.round(toldMs)} ms`)
    expect(codes).to.deep.equal(new Array(2000).fill('ERR_PEER_GONE'))
    expect(toldMs).to.be.lessThan(1000)
    await hubAt([connect!])
    const upMs = performance.now()
    const areBack = (): boolean => clients.every(({ peers }) => peers.size === 1)
    while (!areBack() && performance.now() - upMs < 3000) await setTimeout(5)
    console.log(`      200 clients were back after ${Math.round(performance.now() - upMs)} ms`)
    expect(areBack()).to.equal(true)
  })

  it('is dialled by its 1,000 clients at different times, and less and less (threat 33)', async () => {
    const places = await placesFor(1)
    const counted = new CountedTcp()
    const clients = Array.from({ length: 1000 }, () =>
      lab.keep(new BaseNode({ connect: places, reconnect: true }, [counted.transport])),
    )
    const hub = await hubAt(places)
    await Promise.all(clients.map((client) => client.start()))
    counted.begunMs.length = 0
    await hub.kill()
    const diedMs = performance.now()
    await setTimeout(8000)
    const inEach = (ms: number): number[] => {
      const counts = new Array<number>(8000 / ms).fill(0)
      for (const at of counted.begunMs) {
        const i = Math.floor(Math.max(at - diedMs, 0) / ms)
        if (i < counts.length) counts[i]!++
      }
      return counts
    }
    console.log(`      dials in each second: ${inEach(1000).join(', ')}; most in 20 ms: ${Math.max(...inEach(20))}`)
    // In step they would be 1,000 in the same 20 ms, several times.
    expect(Math.max(...inEach(20))).to.be.lessThan(600)
    expect(inEach(1000)[7]).to.be.lessThan(600)
  })
})
