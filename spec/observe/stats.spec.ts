import { expect } from 'chai'
import { once } from 'node:events'
import net from 'node:net'
import fc from 'fast-check'
import { encodeFrame, type PeerStats, PeerNode } from '../../lib/index.js'
import { hex, text } from '../support/bytes.js'
import { arrival, departure, Lab, receiveText, settled } from '../support/lab.js'
import { anyMessage, check } from '../support/property.js'

const NOTHING: PeerStats = {
  bytesIn: 0,
  messagesIn: 0,
  bytesOut: 0,
  messagesOut: 0,
  waiting: 0,
  waitingIn: 0,
  paused: 0,
  dropped: 0,
  unsent: 0,
}

describe('stats', () => {
  const lab = new Lab()

  describe('of a peer', () => {
    it('are plain objects of numbers, all of them nothing while it is silent', () => {
      const { peer } = lab.attach(lab.node())
      expect(peer.stats).to.deep.equal(NOTHING)
      expect(Object.getPrototypeOf(peer.stats)).to.equal(Object.prototype)
    })

    it('count bytes and messages, in and out', async () => {
      const { near, far, toFar, toNear } = lab.pair()
      near.send(text('hello'), toFar)
      near.send(text(''), toFar)
      toFar.sendRaw(encodeFrame(text('raw')))
      near.send(text('all'))
      await toFar.sendLong({ length: 4, [Symbol.iterator]: () => [text('lo'), text('ng')][Symbol.iterator]() })
      await receiveText(far, 5)
      await settled()
      const bytes = 5 * 4 + 5 + 0 + 3 + 3 + 4
      expect(toFar.stats).to.deep.equal({ ...NOTHING, bytesOut: bytes, messagesOut: 5 })
      expect(toNear.stats).to.deep.equal({ ...NOTHING, bytesIn: bytes, messagesIn: 5 })
    })

    it('count what a socket counts, also of half a frame', async () => {
      const { node, address } = await lab.listen()
      const joined = arrival(node)
      const socket = await lab.dial(address)
      const peer = await joined
      socket.write(encodeFrame(text('whole')))
      await receiveText(node, 1)
      peer.send(text('answer'))
      await once(socket, 'data')
      const gone = departure(node)
      socket.end(hex('00 00 00 05 68'))
      await gone
      expect(peer.stats).to.include({ bytesIn: socket.bytesWritten, messagesIn: 1 })
      expect(peer.stats).to.include({ bytesOut: socket.bytesRead, messagesOut: 1 })
    })

    it('say what waits to be sent, and what waits to be read as inboundLimit counts it', async () => {
      const { near, far, toFar, toNear } = lab.pair()
      near.send(text('hello'), toFar)
      expect(toFar.stats).to.deep.equal({ ...NOTHING, waiting: 9 })
      await settled()
      near.send(text('again'), toFar)
      await settled()
      expect(toNear.stats).to.include({ waitingIn: 2 * (5 + 64), messagesIn: 2 })
      await receiveText(far, 2)
      expect(toNear.stats.waitingIn).to.equal(0)
    })

    it('count how often it was not read on, since enough of it waited', async () => {
      const node = lab.node({ inboundLimit: 200 })
      const { peer, wire } = lab.attach(node)
      const flood = Buffer.concat(Array.from({ length: 4 }, () => encodeFrame(text('x'))))
      for (let times = 1; times <= 3; times++) {
        wire.write(flood)
        await settled()
        expect(peer.stats.paused).to.equal(times)
        await receiveText(node, 4)
        await settled()
      }
    })

    it('count what was lost, and what of it was not sent', async () => {
      const node = lab.node()
      const { peer, wire } = lab.attach(node)
      const closed = peer.close()
      peer.send(text('too late'))
      wire.write(Buffer.concat([encodeFrame(text('in')), encodeFrame(text('vain'))]))
      wire.resume().end()
      await closed
      peer.sendRaw(text('later still'))
      expect(peer.stats).to.include({ dropped: 4, unsent: 2, messagesIn: 0 })
    })

    it('agree at both ends, whatever is sent', async () => {
      const sends = fc.array(fc.tuple(fc.constantFrom('one', 'all', 'raw'), anyMessage), { maxLength: 40 })
      const law = async (messages: [string, Uint8Array][]): Promise<void> => {
        const { near, far, toFar, toNear } = lab.pair()
        for (const [how, message] of messages) {
          if (how === 'one') near.send(message, toFar)
          else if (how === 'all') near.send(message)
          else near.sendRaw(encodeFrame(message))
        }
        await receiveText(far, messages.length)
        await settled()
        const bytes = messages.reduce((sum, [, { length }]) => sum + 4 + length, 0)
        expect(toFar.stats).to.include({ bytesOut: bytes, messagesOut: messages.length, waiting: 0 })
        expect(toNear.stats).to.include({ bytesIn: bytes, messagesIn: messages.length, waitingIn: 0 })
        await Promise.all([near.close(), far.close()])
      }
      await check(sends, law, 50)
    })
  })

  describe('of a node', () => {
    it('are plain, and nothing at first', () => {
      const stats = new PeerNode().stats()
      expect(stats).to.deep.equal({ ...NOTHING, peers: 0, joined: 0, reconnects: 0, refused: {} })
      expect(JSON.parse(JSON.stringify(stats))).to.deep.equal(stats)
    })

    it('are the sums over its peers, and over those that have left', async () => {
      const node = lab.node()
      const peers = [lab.attach(node), lab.attach(node), lab.attach(node)]
      for (const { wire } of peers) wire.write(encodeFrame(text('hello')))
      await receiveText(node, 3)
      node.send(text('hi'))
      await settled()
      const sums = { bytesIn: 27, messagesIn: 3, bytesOut: 18, messagesOut: 3, joined: 3 }
      expect(node.stats()).to.include({ ...sums, peers: 3 })
      const seen: unknown[] = []
      node.on('disconnect', () => seen.push(node.stats()))
      const gone = departure(node)
      peers[0]!.wire.resume().end()
      await gone
      expect(seen[0]).to.include({ ...sums, peers: 2 })
      for (const { wire } of peers) wire.resume().end()
      await node.close()
      expect(node.stats()).to.include({ ...sums, peers: 0, waiting: 0, waitingIn: 0 })
    })

    it('count what is lost of a peer that has left, too', async () => {
      const node = lab.node()
      const { peer, wire } = lab.attach(node)
      const gone = departure(node)
      wire.resume().end()
      await gone
      expect(node.stats()).to.include({ dropped: 0, unsent: 0 })
      peer.send(text('too late'))
      expect(node.stats()).to.include({ dropped: 1, unsent: 1 })
    })

    it('say what waits for those that are here, and only for them', async () => {
      const node = lab.node({ inboundLimit: 100, closeTimeoutMs: 20 })
      const peers = [lab.attach(node), lab.attach(node)]
      for (const { wire } of peers) wire.write(Buffer.concat([encodeFrame(text('x')), encodeFrame(text('y'))]))
      await settled()
      node.send(Buffer.alloc(40_000))
      expect(node.stats()).to.include({ waiting: 80_008, waitingIn: 2 * 2 * 65, paused: 2 })
      await peers[0]!.peer.close()
      const { waiting } = peers[1]!.peer.stats
      expect(waiting).to.be.at.least(40_000)
      expect(node.stats()).to.include({ waiting, waitingIn: 2 * 65, paused: 2 })
    })

    it('count refusals by reason', async () => {
      const answers = [() => false, () => true, () => false, () => new Promise<boolean>(() => undefined)]
      const { node, address } = await lab.listen({ handshakeTimeoutMs: 20, goodPeer: () => answers.shift()!() })
      for (let i = 0; i < 4; i++) {
        const decided = i === 1 ? arrival(node) : undefined
        const socket = net.connect(address)
        lab.later(() => socket.destroy())
        await (decided ?? once(socket.resume(), 'end'))
      }
      expect(node.stats()).to.include({ joined: 1, peers: 1 })
      expect(node.stats().refused).to.deep.equal({ 'good-peer': 2, timeout: 1 })
    })
  })
})
