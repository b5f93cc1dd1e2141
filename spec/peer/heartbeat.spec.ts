import { expect } from 'chai'
import { encodeFrame, PeerNode, type PeerNodeOptions } from '../../lib/index.js'
import { text } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { Lab, receiveText, settled, thrownBy } from '../support/lab.js'

describe('heartbeats', () => {
  const lab = new Lab()
  const clock = new Clock()

  /** A peer of a node with heartbeats, and what arrives at its other end. */
  function open(options: PeerNodeOptions = {}) {
    const node = lab.node({ heartbeatMs: 100, ...options })
    const { peer, wire } = lab.attach(node)
    const seen: string[] = []
    wire.on('data', (chunk: Buffer) => seen.push(chunk.toString('hex')))
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 10) {
        clock.advance(10)
        await settled()
      }
    }
    return { node, peer, wire, seen, pass }
  }

  it('are empty messages, when nothing else was sent for heartbeatMs', async () => {
    const { seen, pass } = open()
    await pass(1000)
    expect(seen.every((bytes) => bytes === '00000000')).to.equal(true)
    expect(seen.length).to.be.within(9, 11)
  })

  it('are not sent where something else is', async () => {
    const { peer, seen, pass } = open()
    for (let i = 0; i < 20; i++) {
      peer.send(text('x'))
      await pass(40)
    }
    expect(new Set(seen)).to.deep.equal(new Set(['0000000178']))
  })

  it('are not delivered, and count as no messages, but as signs of life', async () => {
    const { node, peer, wire, pass } = open({ timeoutMs: 150 })
    for (let i = 0; i < 10; i++) {
      wire.write(encodeFrame(text('')))
      await pass(100)
    }
    expect(peer.isOpen).to.equal(true)
    expect(peer.stats).to.include({ messagesIn: 0, bytesIn: 40 })
    wire.write(encodeFrame(text('word')))
    expect(await receiveText(node, 1)).to.deep.equal(['word'])
  })

  it('keep two nodes together that have nothing to say', async () => {
    const { near, toFar } = lab.pair({ heartbeatMs: 100, timeoutMs: 300 }, { heartbeatMs: 100, timeoutMs: 300 })
    for (let i = 0; i < 500; i++) {
      clock.advance(10)
      await settled()
    }
    expect(toFar.isOpen).to.equal(true)
    expect(near.peers.size).to.equal(1)
  })

  it('are what an empty message would be taken for, which is refused at every door', async () => {
    const { node, peer } = open()
    const empty = new Uint8Array(0)
    const source = Object.assign([empty], { length: 0 }) as unknown as Parameters<typeof peer.sendLong>[0]
    for (const send of [
      () => node.send(empty),
      () => node.send(empty, peer),
      () => node.send(empty, [peer]),
      () => peer.send(empty),
    ]) {
      expect(thrownBy(send)).to.be.an.instanceOf(TypeError)
    }
    expect(await peer.sendLong(source).catch((error: unknown) => error)).to.be.an.instanceOf(TypeError)
  })

  it('are framed as the node frames', async () => {
    class Node extends PeerNode {
      protected override encodeMsg(message: Uint8Array): Uint8Array {
        return Uint8Array.of(message.length, ...message)
      }
    }
    const node = lab.keep(new Node({ heartbeatMs: 100 }))
    const { wire } = lab.attach(node)
    const seen: string[] = []
    wire.on('data', (chunk: Buffer) => seen.push(chunk.toString('hex')))
    for (let i = 0; i < 30; i++) {
      clock.advance(10)
      await settled()
    }
    expect(new Set(seen)).to.deep.equal(new Set(['00']))
  })

  it('need a framing that can carry an empty message', () => {
    const framing = { lengthAdjustment: 4 }
    expect(() => new PeerNode({ heartbeatMs: 100, framing })).to.throw(RangeError, 'cannot carry an empty message')
  })

  it('end with the node, and are not sent to peers that take none', async () => {
    const { node, peer, wire, seen, pass } = open()
    peer.end()
    await pass(500)
    expect(seen).to.be.empty
    wire.end()
    await node.close()
    expect(clock.running).to.equal(0)
  })
})
