import { expect } from 'chai'
import { encodeFrame } from '../../lib/index.js'
import { text } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { departure, Lab, settled } from '../support/lab.js'

describe('the first message of a peer', () => {
  const lab = new Lab()
  const clock = new Clock()

  it('is waited for as long as firstMessageTimeoutMs says', async () => {
    const node = lab.node({ firstMessageTimeoutMs: 100 })
    const { peer, wire } = lab.attach(node)
    // The beginning of one is none.
    wire.write(encodeFrame(text('hello')).subarray(0, 6))
    await settled()
    const gone = departure(node)
    clock.advance(99)
    expect(peer.isOpen).to.equal(true)
    clock.advance(1)
    expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'first-message', limit: 100, peer: peer.id })
    expect(clock.running).to.equal(0)
  })

  it('ends the wait, and silence after it is none of its business', async () => {
    const node = lab.node({ firstMessageTimeoutMs: 100 })
    const { peer, wire } = lab.attach(node)
    wire.write(encodeFrame(text('hello')))
    await settled()
    clock.advance(1_000_000)
    expect(peer.isOpen).to.equal(true)
    expect(clock.running).to.equal(0)
  })

  it('is not waited for once the peer is closed', async () => {
    const node = lab.node({ firstMessageTimeoutMs: 100 })
    const { wire } = lab.attach(node)
    wire.resume().end()
    await node.close()
    expect(clock.running).to.equal(0)
  })
})
