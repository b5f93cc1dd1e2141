import { expect } from 'chai'
import { setTimeout } from 'node:timers/promises'
import { counterparts, describeWith } from '../support/counterparts.js'
import { Lab } from '../support/lab.js'
import { Namespaces } from '../support/namespaces.js'
import { MIB, Siege, tell } from '../support/siege.js'
import { type BroadcastReport, type SenderReport, type ServerReport, SiegeProcess } from '../support/siege-process.js'

const BYTES = 50 * MIB
const isEmpty = ({ peers }: ServerReport): boolean => peers === 0

describeWith(counterparts.namespaces, 'a network that fails', () => {
  const lab = new Lab()
  const siege = new Siege(lab)

  function network(): Namespaces {
    const namespaces = new Namespaces()
    lab.later(() => namespaces.remove())
    return namespaces
  }

  // What arrives of 50 MiB while something happens to the link, and how long that takes.
  async function send({ near, far, host }: Namespaces, happens: (server: SiegeProcess) => unknown): Promise<void> {
    const { server, address } = await siege.server({ does: 'read' }, { host, namespace: near })
    const sender = siege.keep(new SiegeProcess('sender', { ...address, bytes: BYTES }, { namespace: far }))
    await sender.says()
    const startedMs = performance.now()
    const said = sender.says<SenderReport>()
    await happens(server)
    const { taken, departures } = await server.reportWhen<ServerReport>(isEmpty)
    tell('50 MiB', { tookMs: Math.round(performance.now() - startedMs), ...taken })
    expect(departures).to.have.lengthOf(1)
    expect(departures[0]!.code).to.equal(undefined)
    const { bytes, hash } = taken
    expect({ bytes, hash }).to.deep.equal(await said)
    expect(bytes).to.equal(BYTES)
  }

  it('loses a tenth of all packets, and 50 MiB arrive whole (threat 41)', async () => {
    const namespaces = network()
    await send(namespaces, () => namespaces.lose(0.1))
  })

  it('is down for 2 s, and 50 MiB arrive whole (threat 41)', async () => {
    const namespaces = network()
    await send(namespaces, async (server) => {
      namespaces.set('down')
      const { taken } = await server.report<ServerReport>()
      await setTimeout(2000)
      namespaces.set('up')
      expect(taken.bytes).to.be.lessThan(BYTES)
    })
  })

  it('says nothing of a peer that has died: it is gone within keep-alive (threat 17)', async () => {
    const namespaces = network()
    const { near, far, host } = namespaces
    const { server, address } = await siege.server({ keepAliveMs: 1000 }, { host, namespace: near })
    const peer = await siege.bare(address, 1, 'reads', { namespace: far })
    await server.reportWhen<ServerReport>(({ peers }) => peers === 1)
    namespaces.lose(1)
    await peer.kill()
    const { departures } = await server.reportWhen<ServerReport>(isEmpty)
    tell('half-open', departures)
    expect(departures[0]!.code).to.equal('ETIMEDOUT')
    // One second of silence, and ten questions with a second each.
    expect(departures[0]!.afterMs).to.be.within(9000, 13_000)
  })

  it('says nothing of a peer that dies while we have paused it: it is gone by the deadline of what is sent (threat 18)', async () => {
    const namespaces = network()
    const { near, far, host } = namespaces
    const options = { does: 'crawl', sendTimeoutMs: 2000 } as const
    const { server, address } = await siege.server(options, { host, namespace: near })
    const peer = await siege.bare(address, 1, 'floods', { namespace: far })
    await server.reportWhen<ServerReport>(({ paused }) => paused > 0)
    namespaces.lose(1)
    await peer.kill()
    const startedMs = performance.now()
    await server.ask<BroadcastReport>({ broadcast: 8 * MIB })
    const { departures, taken } = await server.reportWhen<ServerReport>(isEmpty)
    const tookMs = performance.now() - startedMs
    tell('paused', { tookMs, departures, messages: taken.messages })
    expect(departures[0]!.code).to.equal('ERR_SLOW_CONSUMER')
    expect(tookMs).to.be.within(1500, 3500)
  })
})
