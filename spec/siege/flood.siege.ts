import { expect } from 'chai'
import { setTimeout } from 'node:timers/promises'
import { Lab } from '../support/lab.js'
import { inMib, MIB, Siege, tell } from '../support/siege.js'
import type { ServerReport } from '../support/siege-process.js'

// SIEGE_FLOOD_MS=60000 for a minute.
const FLOOD_MS = Number(process.env['SIEGE_FLOOD_MS'] ?? 10_000)
const EMPTY_FRAMES = (10 * MIB) / 4

describe('a flood of messages', () => {
  const lab = new Lab()
  const siege = new Siege(lab)

  it('finds a reader that takes one message in 100 ms with flat memory (threat 7)', async () => {
    const { server, address } = await siege.server({ does: 'crawl' })
    await siege.bare(address, 1, 'floods')
    await setTimeout(2000)
    const seen: number[] = []
    const untilMs = performance.now() + FLOOD_MS
    while (performance.now() < untilMs) {
      await setTimeout(250)
      seen.push((await server.report<ServerReport>()).rss)
    }
    const { taken, memory } = await server.report<ServerReport>()
    const grown = Math.max(...seen) - Math.min(...seen)
    tell('crawling', { grownMib: inMib(grown), sinceStartMib: inMib(memory.mostRss), ...taken })
    expect(taken.messages).to.be.within(FLOOD_MS / 200, FLOOD_MS / 100 + 50)
    // What is collected late makes it go up and down.
    expect(grown).to.be.lessThan(32 * MIB)
  })

  it('of 10 MiB of empty frames is delivered, and leaves the event loop free (threat 9)', async () => {
    const delays: number[] = []
    for (let attempt = 0; attempt < 5 && !(Math.min(...delays) < 50); attempt++) {
      const { server, address } = await siege.server({ does: 'read' })
      await siege.bare(address, 1, 'says-nothings')
      const report = await server.reportWhen<ServerReport>(({ taken }) => taken.messages >= EMPTY_FRAMES)
      delays.push(report.mostLoopDelayMs)
      tell('empty frames', { mostLoopDelayMs: report.mostLoopDelayMs, messages: report.taken.messages })
      expect(report.taken).to.include({ messages: EMPTY_FRAMES, bytes: 0 })
    }
    expect(Math.min(...delays)).to.be.lessThan(50)
  })
})
