import { expect } from 'chai'
import { Duplex, type DuplexOptions } from 'node:stream'
import type { PeerNode } from '../../lib/index.js'
import { encodeFrame, type Overflow } from '../../lib/index.js'
import { Clock } from '../support/clock.js'
import { departure, Lab, settled } from '../support/lab.js'

/** A duplex that takes nothing until it is told to. */
class Sink extends Duplex {
  readonly taken: Buffer[] = []
  readonly #waiting: (() => void)[] = []
  #isOpen = false

  constructor(options: DuplexOptions = {}) {
    super({ highWaterMark: 1000, ...options })
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    const take = (): void => {
      this.taken.push(Buffer.from(bytes))
      callback()
    }
    if (this.#isOpen) take()
    else this.#waiting.push(take)
  }

  /** Takes one write. */
  takeOne(): void {
    this.#waiting.shift()?.()
  }

  /** Takes everything from now on. */
  open(): void {
    this.#isOpen = true
    for (const take of this.#waiting.splice(0)) take()
  }

  get messages(): string[] {
    const messages: string[] = []
    for (let bytes = Buffer.concat(this.taken); bytes.length > 0;) {
      const end = 4 + bytes.readUInt32BE(0)
      messages.push(bytes.toString('latin1', 4, Math.min(end, 8)))
      bytes = bytes.subarray(end)
    }
    return messages
  }
}

describe('what waits for a peer', () => {
  const lab = new Lab()
  const sink = (options?: DuplexOptions): Sink => {
    const duplex = new Sink(options)
    lab.later(() => duplex.destroy())
    return duplex
  }
  const message = (name: string, length = 396): Buffer =>
    Buffer.concat([Buffer.from(name), Buffer.alloc(length - name.length)])

  describe('is counted', () => {
    it('wherever it waits: packed, behind others, in the duplex, behind a long message', async () => {
      const node = lab.node({ outboundLimit: 100_000 })
      const duplex = sink()
      const peer = node.attach(duplex)
      expect(peer.stats).to.include({ waiting: 0, dropped: 0, unsent: 0 })
      peer.send(message('a'))
      expect(peer.stats.waiting).to.equal(400)
      await settled()
      expect(peer.stats.waiting).to.equal(400)
      for (const name of ['b', 'c', 'd', 'e']) peer.sendRaw(encodeFrame(message(name)))
      expect(peer.stats.waiting).to.equal(2000)
      await settled()
      expect(peer.stats.waiting).to.equal(2000)
      void peer
        .sendLong({ length: 10, [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) })
        .catch(() => {})
      for (const name of ['f', 'g']) peer.send(message(name))
      node.send(message('h'))
      await settled()
      expect(peer.stats.waiting).to.equal(3200)
      duplex.open()
      await settled()
      // The long message gives nothing, and what is behind it waits.
      expect(peer.stats.waiting).to.equal(1200)
      expect(duplex.messages).to.deep.equal(['a\0\0\0', 'b\0\0\0', 'c\0\0\0', 'd\0\0\0', 'e\0\0\0'])
    })

    it('in bytes, also for a duplex in object mode', async () => {
      const node = lab.node({ outboundLimit: 1000 })
      const duplex = sink({ objectMode: true })
      const peer = node.attach(duplex)
      const gone = departure(node)
      for (let i = 0; i < 3; i++) {
        peer.send(message('x'))
        await settled()
      }
      expect(peer.stats.waiting).to.equal(1200)
      expect(peer.send(message('x'))).to.equal(false)
      expect((await gone).reason).to.include({ code: 'ERR_SLOW_CONSUMER', queued: 1200, limit: 1000 })
    })

    it('for each peer, where it goes to all', async () => {
      const node = lab.node()
      const peers = [node.attach(sink()), node.attach(sink())]
      node.send(message('to all'))
      await settled()
      expect(peers.map(({ stats }) => stats.waiting)).to.deep.equal([400, 400])
    })

    it('while the source of a long message stalls: what is sent behind it has a limit', async () => {
      const node = lab.node({ outboundLimit: 1_000_000 })
      const duplex = sink({ highWaterMark: 1_000_000 })
      duplex.open()
      const peer = node.attach(duplex)
      const gone = departure(node)
      const sent = peer.sendLong({ length: 10, [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) })
      let count = 0
      while (peer.isOpen && count < 1000) {
        peer.send(message('x', 9_996))
        count++
        await settled()
      }
      expect(count).to.be.within(100, 103)
      expect((await gone).reason).to.include({ code: 'ERR_SLOW_CONSUMER', limit: 1_000_000 })
      expect(await sent.catch((error: unknown) => error)).to.include({ code: 'ERR_PEER_GONE' })
    })
  })

  describe('is counted exactly when the connection breaks:', () => {
    it('what was taken is not lost, and what the duplex or the backlog held is', async () => {
      const node = lab.node({ outboundLimit: Infinity })
      const duplex = sink({ highWaterMark: 1000 })
      const peer = node.attach(duplex)
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        peer.send(message(name))
        await settled()
      }
      duplex.takeOne()
      await settled()
      const gone = departure(node)
      duplex.destroy(new Error('cable cut'))
      await gone
      expect(peer.stats).to.include({ waiting: 0, dropped: 4, unsent: 4 })
    })

    it('a small message is not lost with the long one behind it', async () => {
      const node = lab.node({ outboundLimit: Infinity })
      const duplex = sink({ highWaterMark: 1_000_000 })
      const peer = node.attach(duplex)
      peer.send(message('small'))
      peer.send(Buffer.alloc(3_000_000))
      await settled()
      duplex.takeOne()
      duplex.takeOne()
      await settled()
      const gone = departure(node)
      duplex.destroy(new Error('cable cut'))
      await gone
      expect(peer.stats).to.include({ dropped: 1, unsent: 1 })
    })
  })

  describe('and is too much', () => {
    // Sends a, b, c … to a peer for which 1200 bytes may wait, three messages of 400.
    async function flood(
      overflow: Overflow,
      names: readonly string[],
    ): Promise<{ answers: boolean[]; duplex: Sink; node: PeerNode }> {
      const node = lab.node({ outboundLimit: 1200, overflow })
      const duplex = sink({ highWaterMark: 1_000_000 })
      const peer = node.attach(duplex)
      const answers: boolean[] = []
      for (const name of names) {
        answers.push(peer.send(message(name)))
        await settled()
      }
      return { answers, duplex, node }
    }

    it('closes the peer, which is the default: the next message is dropped, and all are told', async () => {
      const node = lab.node({ outboundLimit: 1200 })
      const duplex = sink()
      const peer = node.attach(duplex)
      const gone = departure(node)
      const answers = ['a', 'b', 'c', 'd', 'e'].map((name) => peer.send(message(name)))
      expect(answers).to.deep.equal([true, true, false, false, false])
      expect((await gone).reason).to.include({ code: 'ERR_SLOW_CONSUMER', queued: 1600, limit: 1200, peer: peer.id })
      expect(peer.send(message('f'))).to.equal(false)
      expect(peer.stats.dropped).to.be.within(2, 6)
    })

    it('drops the newest', async () => {
      const { answers, duplex, node } = await flood('drop-newest', ['a', 'b', 'c', 'd', 'e', 'f'])
      const [peer] = [...node.peers.values()]
      expect(answers).to.deep.equal([true, true, false, false, false, false])
      expect(peer?.stats.dropped).to.equal(2)
      duplex.open()
      await settled()
      expect(duplex.messages.map(([name]) => name)).to.deep.equal(['a', 'b', 'c', 'd'])
      expect(peer?.send(message('g'))).to.equal(true)
    })

    it('drops the oldest that is still whole, and never a part of one', async () => {
      const { answers, duplex, node } = await flood('drop-oldest', ['a', 'b', 'c', 'd', 'e', 'f'])
      const [peer] = [...node.peers.values()]
      expect(answers).to.deep.equal([true, true, false, false, false, false])
      duplex.open()
      await settled()
      // The first three are in the duplex already, and are not taken back.
      expect(duplex.messages.map(([name]) => name)).to.deep.equal(['a', 'b', 'c', 'f'])
      expect(peer?.stats.dropped).to.equal(2)
    })

    it('drops what goes to all in the same way, for the slow one alone', async () => {
      for (const overflow of ['drop-newest', 'drop-oldest'] as const) {
        const node = lab.node({ outboundLimit: 1200, overflow })
        const [slow, quick] = [sink(), sink()]
        quick.open()
        const peers = [node.attach(slow), node.attach(quick)]
        for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
          node.send(message(name))
          await settled()
        }
        slow.open()
        await settled()
        expect(quick.messages.map(([name]) => name)).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f'])
        expect(slow.messages).to.have.lengthOf(4)
        expect(peers.map(({ stats }) => stats.dropped)).to.deep.equal([2, 0])
      }
    })

    it('keeps frames whole, whatever passes by reference', async () => {
      const node = lab.node({ outboundLimit: 20_000, overflow: 'drop-oldest', framing: { trailer: Buffer.from('!') } })
      const duplex = sink()
      const peer = node.attach(duplex)
      for (let i = 0; i < 40; i++) {
        peer.send(message(`${i}`, 100 + ((i * 977) % 5000)))
        if (i % 3 === 0) node.send(message(`${i}`, 100 + ((i * 577) % 5000)))
        await settled()
      }
      duplex.open()
      await settled()
      const bytes = Buffer.concat(duplex.taken)
      let frames = 0
      for (let at = 0; at < bytes.length; frames++) {
        at += 4 + bytes.readUInt32BE(at)
        expect(bytes[at++]).to.equal('!'.charCodeAt(0))
      }
      expect(frames + peer.stats.dropped).to.equal(54)
      expect(peer.stats.dropped).to.be.greaterThan(10)
    })
  })

  describe('and does not leave', () => {
    const clock = new Clock()

    it('closes the peer after sendTimeoutMs, although little waits', async () => {
      const node = lab.node({ sendTimeoutMs: 1000 })
      const peer = node.attach(sink())
      const gone = departure(node)
      peer.send(message('x'))
      await settled()
      clock.advance(900)
      await settled()
      expect(peer.isOpen).to.equal(true)
      clock.advance(600)
      expect((await gone).reason).to.include({ code: 'ERR_SLOW_CONSUMER', limit: 1000, queued: 400 })
    })

    it('does not close a peer that takes a little now and then', async () => {
      const node = lab.node({ sendTimeoutMs: 1000 })
      const duplex = sink({ highWaterMark: 1_000_000 })
      const peer = node.attach(duplex)
      for (let i = 0; i < 20; i++) {
        peer.send(message('x'))
        await settled()
      }
      for (let i = 0; i < 10; i++) {
        clock.advance(900)
        duplex.takeOne()
        await settled()
      }
      expect(peer.isOpen).to.equal(true)
      duplex.open()
      await settled()
      clock.advance(100_000)
      expect(peer.isOpen).to.equal(true)
      expect(clock.running).to.equal(0)
    })

    it('does not keep senders to all waiting for longer than a second', async () => {
      const node = lab.node({ sendTimeoutMs: 10_000 })
      const [stuck, quick] = [sink(), sink()]
      const peers = [node.attach(stuck), node.attach(quick)]
      quick.open()
      while (node.send(message('x')));
      const drained = node.drained()
      let isDrained = false
      void drained.then(() => (isDrained = true))
      await settled()
      expect(isDrained).to.equal(false)
      clock.advance(2000)
      expect(await drained).to.equal(true)
      expect(node.send(message('y'))).to.equal(true)
      let isRoom = false
      void node.drained(peers[0]).then(() => (isRoom = true))
      await settled()
      expect(isRoom).to.equal(false)
      const gone = departure(node)
      clock.advance(9000)
      expect((await gone).peer).to.equal(peers[0])
      expect(peers[1]?.isOpen).to.equal(true)
    })

    it('is no fault of a peer while it is the source of a long message that stalls', async () => {
      const node = lab.node({ sendTimeoutMs: 1000 })
      const duplex = sink()
      duplex.open()
      const peer = node.attach(duplex)
      void peer
        .sendLong({ length: 10, [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) })
        .catch(() => {})
      peer.send(message('x'))
      await settled()
      clock.advance(100_000)
      expect(peer.isOpen).to.equal(true)
    })
  })
})
