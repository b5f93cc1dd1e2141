import { expect } from 'chai'
import { setTimeout } from 'node:timers/promises'
import { encodeFrame } from '../../lib/index.js'
import { arrival, departure, Lab } from '../support/lab.js'

describe('a peer that reads slowly', () => {
  const lab = new Lab()

  it('stays as long as it takes a little now and then, and is closed when it takes nothing', async () => {
    const { node, address } = await lab.listen({ sendTimeoutMs: 1000 })
    const joined = arrival(node)
    const socket = await lab.dial(address)
    const peer = await joined
    socket.pause()
    const frame = encodeFrame(Buffer.alloc(4_000_000))
    for (let i = 0; i < 4; i++) peer.sendRaw(frame)
    // The system tells of room only when a third of what it holds is free again, every quarter of a second at this rate.
    const reading = setInterval(() => void socket.read(65_536), 20)
    lab.later(() => clearInterval(reading))
    await setTimeout(2500)
    expect(peer.isOpen).to.equal(true)
    expect(peer.stats.waiting).to.be.greaterThan(1_000_000)
    clearInterval(reading)
    expect((await departure(node)).reason).to.include({ code: 'ERR_SLOW_CONSUMER', limit: 1000 })
  })
})
