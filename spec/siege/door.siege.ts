import { expect } from 'chai'
import type { IpAddress, Peer, PeerNode } from '../../lib/index.js'
import { Lab } from '../support/lab.js'
import {
  type DiallerReport,
  echoTimes,
  type FloodOptions,
  type FloodReport,
  percentile,
  type ServerOptions,
  type ServerReport,
  SiegeProcess,
} from '../support/siege-process.js'

const FLOOD_HOST = '127.0.0.2'

interface Client {
  readonly node: PeerNode
  readonly peer: Peer
}

/** Sends messages to a peer until something is over, and tells how long they took. */
type Besiege = (client: Client, until: Promise<unknown>) => Promise<Times>

/** Of messages there and back, in ms at the 99th percentile: besieged, and at a node to which nothing happens. */
interface Times {
  readonly p99: number
  readonly controlP99: number
}

function totalOf(refused: ServerReport['refused']): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0)
}

// What a report says of the door.
function doorOf({ peers, refused, warnings, loopDelayMs, rss }: ServerReport): Partial<ServerReport> {
  return { peers, refused, warnings, loopDelayMs, rss }
}

describe('the door', () => {
  const lab = new Lab()
  const bind = [{ port: 0 }]

  async function serve(options: Omit<ServerOptions, 'bind'>, nofile?: number): Promise<[SiegeProcess, IpAddress]> {
    const server = new SiegeProcess('server', { ...options, bind }, nofile === undefined ? {} : { nofile })
    lab.later(() => server.kill())
    const [address] = await server.says<[IpAddress]>()
    return [server, address]
  }

  function flood(address: IpAddress, options: Omit<FloodOptions, 'host' | 'port' | 'from'>): SiegeProcess {
    const sockets = new SiegeProcess('flood', { ...address, from: FLOOD_HOST, ...options })
    lab.later(() => sockets.kill())
    return sockets
  }

  async function client(address: IpAddress): Promise<Client> {
    const node = lab.node()
    return { node, peer: await node.connectTo(address) }
  }

  /**
   * Passes if messages to a peer come back soon while something goes on, at the 99th percentile: within 20 ms, and twice the
   * time that they take meanwhile at a node to which nothing happens. That is what the machine makes of it, and whatever else
   * it does only makes it slower: one of five attempts is enough.
   */
  async function isSwift(attempt: (besiege: Besiege) => Promise<Times>): Promise<void> {
    const [, quiet] = await serve({})
    const control = await client(quiet)
    const besiege: Besiege = async ({ node, peer }, until) => {
      const ends = [echoTimes(node, peer, until), echoTimes(control.node, control.peer, until)]
      const [p99, controlP99] = (await Promise.all(ends)).map((times) => percentile(times, 0.99))
      return { p99: p99!, controlP99: controlP99! }
    }
    for (let i = 0; i < 5; i++) {
      const { p99, controlP99 } = await attempt(besiege)
      if (p99 < 20 + 2 * controlP99) return
    }
    throw new Error('Expected a message there and back within 20 ms, beside what the machine makes of it')
  }

  // A message there and back, of one who comes now.
  async function served(address: IpAddress): Promise<number> {
    const startedMs = performance.now()
    const { node, peer } = await client(address)
    await echoTimes(node, peer, Promise.resolve())
    const tookMs = performance.now() - startedMs
    await node.close()
    return tookMs
  }

  const tell = (what: string, values: object): void => console.log(`      ${what}: ${JSON.stringify(values)}`)

  it('lets in 1,024 of 10,000 silent connections, counts the others, and serves whom it has (threats 4 and 5)', async () => {
    await isSwift(async (besiege) => {
      const [server, address] = await serve({})
      const inside = await client(address)
      const sockets = flood(address, { count: 10_000, abreast: 200, holds: true })
      const times = await besiege(inside, sockets.says())
      const report = await server.reportWhen<ServerReport>(({ peers, refused }) => peers + totalOf(refused) > 10_000)
      tell('10,000 silent', { ...times, ...doorOf(report) })
      expect(report.peers).to.equal(1024)
      expect(report.refused).to.deep.equal({ 'max-peers': 10_000 - 1023 })
      await Promise.all([server.kill(), sockets.kill()])
      return times
    })
  })

  it('holds 64 of 10,000 connections about which nothing is decided, and admits a good one meanwhile (threats 4 and 38)', async () => {
    await isSwift(async (besiege) => {
      const [server, address] = await serve({ silentHost: FLOOD_HOST, handshakeTimeoutMs: 3000 })
      const inside = await client(address)
      const sockets = flood(address, { count: 10_000, abreast: 200, holds: true })
      const flooded = sockets.says<FloodReport>()
      const newcomers: number[] = []
      const arriving = (async () => {
        for (let i = 0; i < 20; i++) newcomers.push(await served(address))
      })()
      const times = await besiege(inside, Promise.all([flooded, arriving]))
      await sockets.reportWhen<FloodReport>(({ closed }) => closed === 10_000)
      const { peers, refused } = await server.report<ServerReport>()
      const newcomerMs = percentile(newcomers, 0.9)
      tell('10,000 undecided', { ...times, newcomerMs, refused })
      expect(newcomerMs).to.be.lessThan(100 + 4 * times.controlP99)
      expect(peers).to.equal(1)
      expect(Object.keys(refused)).to.have.members(['max-pending', 'timeout'])
      expect(totalOf(refused)).to.equal(10_000)
      expect(refused['timeout']).to.be.at.least(64)
      await Promise.all([server.kill(), sockets.kill()])
      return times
    })
  })

  it('keeps its event loop free in a flood of connections (threat 5)', async () => {
    await isSwift(async (besiege) => {
      const [server, address] = await serve({ connectionRate: { count: 1000, perMs: 60_000 } })
      const inside = await client(address)
      const sockets = flood(address, { count: 20_000, abreast: 100, holds: false })
      const startedMs = performance.now()
      const times = await besiege(inside, sockets.says())
      const perSecond = Math.round(20_000 / ((performance.now() - startedMs) / 1000))
      const { loopDelayMs, rss, refused } = await server.report<ServerReport>()
      tell('flood', { perSecond, ...times, loopDelayMs, rss, refused })
      expect(inside.peer.isOpen).to.equal(true)
      await Promise.all([server.kill(), sockets.kill()])
      return times
    })
  })

  it('has 15,000 idle peers in one process, and serves one more', async () => {
    const [server, address] = await serve({ maxPeers: 16_000 })
    const sockets = flood(address, { count: 15_000, abreast: 200, holds: true })
    expect(await sockets.says<FloodReport>()).to.deep.equal({ connected: 15_000, failed: 0, closed: 0 })
    const report = await server.reportWhen<ServerReport>(({ peers }) => peers === 15_000)
    const newcomerMs = await served(address)
    tell('15,000 idle', { newcomerMs, rss: report.rss })
    expect(newcomerMs).to.be.lessThan(500)
    expect(report.refused).to.deep.equal({})
  })

  it('says that it has no files for as many, survives when they come, and has room again when they go (threat 30)', async () => {
    const [server, address] = await serve({}, 64)
    const { warnings } = await server.report<ServerReport>()
    expect(warnings).to.have.lengthOf(1)
    const room = Number(/^Room for (?<room>\d+) connections and not for 1088 .*64 open files/.exec(warnings[0]!)?.[1])
    expect(room).to.be.within(1, 32)
    for (let round = 0; round < 3; round++) {
      const sockets = flood(address, { count: 200, abreast: 20, holds: true })
      await sockets.says<FloodReport>()
      const turnedAway = (round + 1) * (200 - room)
      const report = await server.reportWhen<ServerReport>(({ refused }) => totalOf(refused) >= turnedAway)
      tell('64 files', doorOf(report))
      expect(report.peers).to.equal(room)
      expect(report.refused).to.deep.equal({ 'file-limit': turnedAway })
      await sockets.kill()
      const isEmpty = ({ peers }: ServerReport): boolean => peers === 0
      await server.reportWhen(isEmpty)
      expect(await served(address)).to.be.lessThan(500)
      await server.reportWhen(isEmpty)
    }
    expect(server.isRunning).to.equal(true)
  })

  it('of a node that dials without a file left backs off, and gets through when there is one (threat 30)', async () => {
    const { address } = await lab.listen()
    const dialler = new SiegeProcess('dialler', address, { nofile: 64 })
    lab.later(() => dialler.kill())
    const { sentences, isOpen } = await dialler.says<DiallerReport>()
    tell('no file', sentences)
    expect(sentences.slice(0, 3)).to.satisfy((all: string[]) => all.every((said) => said.includes('EMFILE')))
    expect(isOpen).to.equal(true)
  })
})
