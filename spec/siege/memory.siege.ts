import { expect } from 'chai'
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Lab } from '../support/lab.js'
import { inMib, MIB, Siege, tell } from '../support/siege.js'
import { type BareReport, echoTimes, percentile, type ServerReport } from '../support/siege-process.js'

const CGROUPS = '/sys/fs/cgroup/memory'

describe('the memory of a node', () => {
  const lab = new Lab()
  const siege = new Siege(lab)

  it('stays below memoryLimit and a quarter, and the process near it, under 1,024 halves of messages and 1,024 floods, and good peers are served (threats 2 and 7)', async () => {
    const { server, address } = await siege.server({ does: 'echo', memoryLimit: 256 * MIB, maxPeers: 4096 })
    const node = lab.node()
    const good = await node.connectTo(address)
    const over = new AbortController()
    const times = echoTimes(node, good, new Promise((resolve) => over.signal.addEventListener('abort', resolve)))
    await Promise.all([siege.bare(address, 1024, 'half-a-message'), siege.bare(address, 1024, 'floods')])
    // `held` is measured after a collection, but V8 gives buffers back a little later: it tells most of what is held, and some more.
    let most = 0
    const untilMs = performance.now() + 10_000
    while (performance.now() < untilMs) {
      await setTimeout(250)
      const { memory } = await server.ask<ServerReport>('collect')
      most = Math.max(most, memory.used)
    }
    const { memory, departures, peers } = await server.report<ServerReport>()
    over.abort()
    const echoes = await times
    tell('half messages and floods', {
      heldMib: inMib(most),
      withGarbageMib: inMib(memory.mostUsed),
      rssMib: inMib(memory.mostRss),
      peers,
      gone: countsOf(departures.map(({ code }) => String(code))),
      echoes: echoes.length,
      echoMs: percentile(echoes, 0.5),
      p99: percentile(echoes, 0.99),
    })
    expect(most).to.be.lessThan(1.25 * 256 * MIB)
    // Garbage included, as V8 collects it when it likes.
    expect(memory.mostRss).to.be.lessThan(2 * 256 * MIB)
    expect(good.isOpen).to.equal(true)
    expect(echoes.length).to.be.greaterThan(20)
  })

  it('follows the bytes that 1,000 drippers have sent, and each is gone after frameTimeoutMs (threat 2)', async () => {
    const frameTimeoutMs = 8000
    const { server, address } = await siege.server({ frameTimeoutMs })
    const sockets = await siege.bare(address, 1000, 'drips')
    await server.reportWhen<ServerReport>(({ peers }) => peers === 1000)
    await setTimeout(4000)
    const held = await server.ask<ServerReport>('collect')
    expect(held.peers).to.equal(1000)
    const buffers = held.memory.buffers
    const { departures } = await server.reportWhen<ServerReport>(({ peers }) => peers === 0)
    const afterMs = departures.map((departure) => departure.afterMs)
    const [least, most] = [Math.min(...afterMs), Math.max(...afterMs)]
    tell('1,000 drippers', { bytesOfBuffersEach: buffers / 1000, goneAfterMs: [least, most] })
    // Four bytes of a header, and one for each second.
    expect(buffers).to.be.lessThan(1000 * (4 + 6 + 512))
    expect(countsOf(departures.map(({ code, phase }) => `${code} ${phase}`))).to.deep.equal({
      'ERR_TIMEOUT frame': 1000,
    })
    expect(least).to.be.at.least(frameTimeoutMs * 0.9)
    expect(most).to.be.at.most(frameTimeoutMs * 1.1)
    await sockets.reportWhen<BareReport>(({ closed }) => closed === 1000)
  })

  it('has no room for what 1,000 peers claim: in a cgroup of 64 MiB more than it has, it lives (threats 1 and 43)', async () => {
    const { server, address } = await siege.server()
    const group = lockUp(server.pid, 64 * MIB)
    // Where the system has no such groups, its memory is looked at.
    if (group !== undefined) lab.later(() => rmdirSync(group))
    const sockets = await siege.bare(address, 1000, 'claims')
    await sockets.reportWhen<BareReport>(({ closed }) => closed === 1000)
    const { memory, departures, peers } = await server.report<ServerReport>()
    const most = group === undefined ? undefined : Number(readFileSync(`${group}/memory.max_usage_in_bytes`))
    tell('1,000 claims of 4 GiB', {
      grownMib: inMib(memory.mostRss),
      groupMib: most === undefined ? 'no cgroup' : inMib(most),
    })
    expect(peers).to.equal(0)
    expect(countsOf(departures.map(({ code }) => String(code)))).to.deep.equal({ ERR_MESSAGE_TOO_LARGE: 1000 })
    expect(memory.mostRss).to.be.lessThan(64 * MIB)
    expect(server.isRunning).to.equal(true)
    await server.kill()
  })
})

// Gives a process so much more memory than it has, and ends it when it wants more. The folder of its group.
function lockUp(pid: number, bytes: number): string | undefined {
  const group = `${CGROUPS}/lengthwise-${pid}`
  try {
    mkdirSync(group)
    writeFileSync(`${group}/memory.limit_in_bytes`, String(bytes))
    writeFileSync(`${group}/cgroup.procs`, String(pid))
    return group
  } catch {
    return undefined
  }
}

function countsOf(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}
