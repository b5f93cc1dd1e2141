import { expect } from 'chai'
import { MemoryGuard } from '../../lib/peer/memory-guard.js'
import { encodeFrame } from '../../lib/index.js'
import { pattern, text } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { FakeHolder } from '../support/holder.js'
import { departure, Lab, receive, settled } from '../support/lab.js'

const MIB = 1_048_576

describe('MemoryGuard', () => {
  const clock = new Clock()
  const lab = new Lab()

  it('holds nothing back below the limit', () => {
    const peers = [new FakeHolder(300, 0), new FakeHolder(440, 0)]
    new MemoryGuard(1000, () => peers).grew(1000)
    expect(peers.map(({ isHeld }) => isHeld)).to.deep.equal([false, false])
  })

  it('reads no more from those that hold most, and goes on with the others', () => {
    const peers = [new FakeHolder(10, 0), new FakeHolder(700, 0), new FakeHolder(20, 0), new FakeHolder(400, 0)]
    new MemoryGuard(1000, () => peers).grew(1000)
    expect(peers.map(({ isHeld }) => isHeld)).to.deep.equal([false, true, false, true])
  })

  it('lets them go on when three eighths of the limit are free', () => {
    const peers = [new FakeHolder(700, 0), new FakeHolder(400, 0)]
    new MemoryGuard(1000, () => peers).grew(1000)
    peers[0]!.held = 360
    clock.advance(1000)
    expect(peers[0]!.isHeld).to.equal(true)
    peers[1]!.held = 260
    clock.advance(1000)
    expect(peers.some(({ isHeld }) => isHeld)).to.equal(false)
    expect(clock.running).to.equal(0)
  })

  it('lets only as many go on at once as there is room for, those first that hold least', () => {
    const peers = Array.from({ length: 40 }, (_, i) => new FakeHolder(MIB / 4 + i, 0))
    new MemoryGuard(8 * MIB, () => peers).grew(8 * MIB)
    const goingOn = (): number => peers.filter(({ isHeld }) => !isHeld).length
    expect(goingOn()).to.equal(0)
    for (const peer of peers.slice(8)) peer.held = MIB / 16 - 1
    clock.advance(50)
    // Four MiB are free: four times what a peer that goes on is given.
    expect(goingOn()).to.equal(4)
    expect(peers.slice(0, 8).every(({ isHeld }) => isHeld)).to.equal(true)
    clock.advance(1000)
    expect(goingOn()).to.equal(40)
  })

  it('refuses the largest unfinished frames when holding back has not helped, and no more than it must', () => {
    const peers = [new FakeHolder(500, 500), new FakeHolder(300, 300), new FakeHolder(350, 0), new FakeHolder(200, 200)]
    const guard = new MemoryGuard(1000, () => peers)
    guard.grew(1000)
    expect(peers.some(({ isRefused }) => isRefused)).to.equal(false)
    guard.grew(1000)
    expect(peers.map(({ isRefused }) => isRefused)).to.deep.equal([true, false, false, false])
  })

  it('refuses a peer whose frame there is no memory for, and serves the others', async () => {
    const node = lab.node({ memoryLimit: MIB, framing: { maxMessageLength: 16 * MIB } })
    const [hog, good] = [lab.attach(node), lab.attach(node)]
    const gone = departure(node)
    const bytes = encodeFrame(pattern(8 * MIB), { maxMessageLength: 16 * MIB })
    for (let at = 0; at < 4 * MIB && hog.peer.isOpen; at += 65_536) {
      hog.wire.write(bytes.subarray(at, at + 65_536))
      await settled()
      clock.advance(60)
    }
    const { peer, reason } = await gone
    expect(peer).to.equal(hog.peer)
    expect(reason).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', limit: MIB })
    good.wire.write(encodeFrame(text('hello')))
    expect(String((await receive(node, 1))[0]!.data)).to.equal('hello')
  })

  it('reads on from peers once what they said was read, and loses nothing', async () => {
    const node = lab.node({ memoryLimit: MIB, inboundLimit: 16 * MIB })
    const { peer, wire } = lab.attach(node)
    for (let i = 0; i < 80; i++) wire.write(encodeFrame(pattern(65_536 + i)))
    wire.end()
    for (let i = 0; i < 20; i++) await settled()
    expect(peer.stats.waitingIn).to.be.below(1.5 * MIB)
    const lengths: number[] = []
    for await (const { data } of node.readRaw()) {
      lengths.push(data.length)
      clock.advance(60)
      if (lengths.length === 80) break
    }
    expect(lengths).to.deep.equal(Array.from({ length: 80 }, (_, i) => 65_536 + i))
  })
})
