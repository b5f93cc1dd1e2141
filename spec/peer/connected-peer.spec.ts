import { expect } from 'chai'
import { once } from 'node:events'
import { Duplex, Transform } from 'node:stream'
import { inspect } from 'node:util'
import { BaseNode, encodeFrame, type FramingError, PeerNode, uint8 } from '../../lib/index.js'
import { hex, text, toHex } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { everyCut } from '../support/cut.js'
import { departure, Lab, receiveText, settled, thrownBy } from '../support/lab.js'

/** A duplex that takes bytes only when told to, one write at a time. */
class StuckDuplex extends Duplex {
  readonly written: Buffer[] = []
  readonly #callbacks: (() => void)[] = []

  constructor(highWaterMark = 16_384) {
    super({ highWaterMark })
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.written.push(bytes)
    this.#callbacks.push(callback)
  }

  override _final(callback: () => void): void {
    this.#callbacks.push(callback)
  }

  /** Takes all that was written. */
  async unstick(): Promise<void> {
    while (this.#callbacks.length > 0) {
      for (const callback of this.#callbacks.splice(0)) callback()
      await settled()
    }
  }
}

async function closeOf(duplex: Duplex): Promise<void> {
  return new Promise((resolve) => duplex.once('close', resolve))
}

describe('Peer', () => {
  const lab = new Lab()
  const stuck = (highWaterMark?: number): StuckDuplex => {
    const duplex = new StuckDuplex(highWaterMark)
    lab.later(() => duplex.destroy())
    return duplex
  }

  describe('says why it ended', () => {
    const twoMessages = hex('00 00 00 02 68 69 00 00 00 03 62 79 65')

    it('with nothing after a clean end', async () => {
      const node = lab.node()
      const { peer, wire } = lab.attach(node)
      const gone = departure(node)
      wire.resume().end(twoMessages)
      expect(await gone).to.deep.equal({ peer, reason: undefined })
      expect(await receiveText(node, 2)).to.deep.equal(['hi', 'bye'])
    })

    it('with nothing after an end without a message', async () => {
      const node = lab.node()
      const gone = departure(node)
      lab.attach(node).wire.resume().end()
      expect((await gone).reason).to.equal(undefined)
    })

    for (const [kept, lost] of everyCut(twoMessages) as [Uint8Array, Uint8Array][]) {
      if (lost.length === 0 || kept.length === 0 || kept.length === 6) continue
      it(`with ERR_FRAME_TRUNCATED after ${toHex(kept)}`, async () => {
        const node = lab.node()
        const gone = departure(node)
        lab.attach(node).wire.resume().end(kept)
        expect((await gone).reason).to.include({ code: 'ERR_FRAME_TRUNCATED', offset: kept.length < 6 ? 0 : 6 })
        const whole = kept.length > 6 ? ['hi'] : []
        expect(await receiveText(node, whole.length)).to.deep.equal(whole)
      })
    }

    it('with ERR_MESSAGE_TOO_LARGE, after the messages before it, and hangs up', async () => {
      const node = lab.node()
      const { wire } = lab.attach(node)
      const gone = departure(node)
      wire.write(hex('00 00 00 02 68 69 ff ff ff ff'))
      const { reason, peer } = await gone
      expect(reason).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 0xffff_ffff, limit: 4_194_304, offset: 6 })
      expect(peer.isOpen).to.be.false
      expect(await receiveText(node, 1)).to.deep.equal(['hi'])
    })

    it('with the error of its duplex, after the messages before it', async () => {
      const node = lab.node()
      const duplex = stuck()
      node.attach(duplex)
      const gone = departure(node)
      duplex.push(hex('00 00 00 02 68 69 00 00'))
      await settled()
      duplex.destroy(new Error('cable cut'))
      expect((await gone).reason).to.have.property('message', 'cable cut')
      expect(await receiveText(node, 1)).to.deep.equal(['hi'])
    })

    it('with ERR_FRAME_TRUNCATED when its duplex vanishes inside a frame without an error', async () => {
      const node = lab.node()
      const duplex = stuck()
      node.attach(duplex)
      const gone = departure(node)
      duplex.push(hex('00 00'))
      await settled()
      duplex.destroy()
      expect((await gone).reason).to.include({ code: 'ERR_FRAME_TRUNCATED' })
    })

    it('once', async () => {
      const node = lab.node()
      const reasons: unknown[] = []
      node.on('disconnect', (_peer, reason) => reasons.push(reason))
      const duplex = stuck()
      node.attach(duplex)
      duplex.push(hex('ff ff ff ff'))
      await settled()
      duplex.destroy(new Error('cable cut'))
      await settled()
      expect(reasons).to.have.lengthOf(1)
      expect((reasons[0] as FramingError).code).to.equal('ERR_MESSAGE_TOO_LARGE')
    })
  })

  describe('over a duplex with a past', () => {
    it('leaves at once when that is closed, with its error', async () => {
      const node = lab.node()
      const duplex = stuck()
      duplex.on('error', () => {})
      duplex.destroy(new Error('cable cut'))
      await closeOf(duplex)
      const gone = departure(node)
      const peer = node.attach(duplex)
      expect(peer.isOpen).to.be.false
      expect((await gone).reason).to.have.property('message', 'cable cut')
      expect(node.peers.size).to.equal(0)
    })

    it('leaves cleanly when that is closed, and does not hold up the close of its node', async () => {
      const node = lab.node()
      const duplex = stuck().destroy()
      await closeOf(duplex)
      const gone = departure(node)
      node.attach(duplex)
      await node.close()
      expect((await gone).reason).to.equal(undefined)
    })

    it('leaves when that is about to close', async () => {
      const node = lab.node()
      const gone = departure(node)
      node.attach(stuck().destroy())
      expect((await gone).reason).to.equal(undefined)
    })

    it('says goodbye when the other end has', async () => {
      const node = lab.node()
      const [gone, duplex] = [departure(node), stuck()]
      duplex.push(null)
      await once(duplex.resume(), 'end')
      node.attach(duplex)
      await settled()
      await duplex.unstick()
      expect((await gone).reason).to.equal(undefined)
    })

    it('reads what that holds already', async () => {
      const node = lab.node()
      const duplex = stuck()
      duplex.push(hex('00 00 00 02 68'))
      duplex.push(hex('69'))
      node.attach(duplex)
      expect(await receiveText(node, 1)).to.deep.equal(['hi'])
    })
  })

  it('loses no message that arrived before its duplex broke, however little was read', async () => {
    const node = lab.node({ inboundLimit: 1 })
    const duplex = stuck(1_000_000)
    node.attach(duplex)
    const gone = departure(node)
    const sent = Array.from({ length: 3000 }, (_, i) => `message ${i}`)
    duplex.push(encodeFrame(text('first')))
    await settled()
    for (const message of sent) duplex.push(encodeFrame(text(message)))
    await settled()
    duplex.destroy(new Error('cable cut'))
    expect((await gone).reason).to.have.property('message', 'cable cut')
    expect(await receiveText(node, 3001)).to.deep.equal(['first', ...sent])
  })

  it('loses no message that arrived before its duplex broke and before anything was read', async () => {
    const node = lab.node()
    const duplex = stuck()
    duplex.on('error', () => {})
    duplex.push(hex('00 00 00 02 68 69 00'))
    duplex.destroy(new Error('cable cut'))
    await closeOf(duplex)
    const gone = departure(node)
    node.attach(duplex)
    expect((await gone).reason).to.have.property('message', 'cable cut')
    expect(await receiveText(node, 1)).to.deep.equal(['hi'])
  })

  describe('that is sent to', () => {
    it('answers false when more than enough waits, and is drained when that has left', async () => {
      const node = lab.node()
      const duplex = stuck()
      const peer = node.attach(duplex)
      let sent = 0
      while (node.send(Buffer.alloc(1000), peer)) sent++
      expect(sent).to.be.within(15, 40)
      const drained: string[] = []
      void node.drained(peer).then(() => drained.push('peer'))
      void node.drained().then(() => drained.push('all'))
      void node.drained(peer.id).then(() => drained.push('id'))
      await settled()
      expect(drained).to.be.empty
      await duplex.unstick()
      expect(drained).to.have.members(['peer', 'all', 'id'])
      expect(node.send(Buffer.alloc(1), peer)).to.be.true
    })

    it('is drained at once when nothing waits, and when it is gone', async () => {
      const node = lab.node()
      const duplex = stuck()
      const peer = node.attach(duplex)
      await node.drained(peer)
      await node.drained()
      while (node.send(Buffer.alloc(1000), peer));
      const drained = Promise.all([node.drained(peer), node.drained()])
      duplex.destroy()
      await drained
    })

    it('is drained although others listen to its duplex', async () => {
      const node = lab.node()
      const duplex = stuck()
      duplex.on('drain', () => {})
      const peer = node.attach(duplex)
      while (node.sendRaw(encodeFrame(Buffer.alloc(1000)), peer));
      const drained = node.drained(peer)
      await settled()
      await duplex.unstick()
      await drained
    })

    it('is drained when both its encoder and its duplex are', async () => {
      // Lets out one message at a time, and takes only one.
      const waiting: (() => void)[] = []
      class SlowlyEncodingNode extends BaseNode {
        protected override createEncoder(): Transform {
          return new Transform({
            writableObjectMode: true,
            writableHighWaterMark: 1,
            transform: (message: Uint8Array, _encoding, callback) => {
              waiting.push(() => callback(null, encodeFrame(message)))
            },
          })
        }
      }
      const node = lab.keep(new SlowlyEncodingNode({}, []))
      const duplex = stuck(1)
      const peer = node.attach(duplex)
      expect(node.send(text('a'), peer)).to.be.false
      let drained = false
      void node.drained(peer).then(() => (drained = true))
      waiting.shift()!()
      await settled()
      expect(drained).to.be.false
      await duplex.unstick()
      await settled()
      expect(drained).to.be.true
      expect(duplex.written.map(toHex)).to.deep.equal(['00 00 00 01 61'])
    })

    it('is closed with ERR_SLOW_CONSUMER when something is sent while more than the limit waits', async () => {
      const node = lab.node({ outboundLimit: 100_000 })
      const [slow, quick] = [stuck(), stuck()]
      const [peer] = [node.attach(slow), node.attach(quick)]
      const gone = departure(node)
      let sends = 0
      while (peer.isOpen && ++sends < 1000) node.send(Buffer.alloc(4000), peer)
      expect(sends).to.be.within(25, 28)
      const { peer: who, reason } = await gone
      expect(who).to.equal(peer)
      expect(reason).to.include({ name: 'PeerError', code: 'ERR_SLOW_CONSUMER', peer: peer.id, limit: 100_000 })
      expect(reason).to.have.property('queued').greaterThan(100_000)
      expect([...node.peers.values()].map(({ isOpen }) => isOpen)).to.deep.equal([true])
    })

    it('is not closed by one message longer than the limit, whatever that is made of', async () => {
      const node = lab.node({ outboundLimit: 1, framing: { trailer: hex('ce') } })
      const duplex = stuck()
      const peer = node.attach(duplex)
      expect(node.send(Buffer.alloc(100_000), peer)).to.be.false
      await settled()
      await duplex.unstick()
      expect(Buffer.concat(duplex.written)).to.have.lengthOf(100_005)
      expect(peer.isOpen).to.be.true
    })

    it('is not closed while it was not told to wait', async () => {
      for (const outboundLimit of [1, 1000, 10_000, 100_000]) {
        const node = lab.node({ outboundLimit })
        const peer = node.attach(stuck(1_000_000))
        while (node.send(Buffer.alloc(400), peer));
        expect(peer.isOpen).to.be.true
        expect(peer.stats.waiting).to.be.within(outboundLimit, outboundLimit + 404)
        await settled()
        expect(peer.isOpen).to.be.true
      }
    })

    it('leaves no trace when its own encoder goes on after it is gone', async () => {
      let finish: (() => void) | undefined
      class LateNode extends BaseNode {
        protected override createEncoder(): Transform {
          return new Transform({
            writableObjectMode: true,
            transform: (message, _encoding, callback) => {
              finish = () => callback(null, message)
            },
          })
        }
      }
      const node = lab.keep(new LateNode({}, []))
      const duplex = stuck(1)
      const peer = node.attach(duplex)
      node.send(text('a'), peer)
      const gone = departure(node)
      duplex.destroy()
      await gone
      finish!()
      await settled()
      expect(duplex.written).to.be.empty
      await node.drained()
      expect(node.send(text('b'))).to.be.true
    })
  })

  describe('that is closed', () => {
    it('gets what was sent before, to it and to all, and is gone', async () => {
      const { near, far, toFar } = lab.pair()
      near.send(text('to you'), toFar)
      near.send(text('to all'))
      near.sendRaw(encodeFrame(text('raw')), toFar)
      near.send(text('to all again'))
      const [gone, left] = [departure(near), departure(far)]
      await near.closePeer(toFar)
      expect(near.peers.size).to.equal(0)
      expect((await gone).reason).to.equal(undefined)
      expect((await left).reason).to.equal(undefined)
      expect(await receiveText(far, 4)).to.deep.equal(['to you', 'to all', 'raw', 'to all again'])
    })

    it('takes no message any more: each is counted, and nothing is thrown', async () => {
      const { near, toFar } = lab.pair()
      const { id } = toFar
      const closed = toFar.close()
      expect(toFar.isOpen).to.be.false
      expect([near.send(text('late'), toFar), near.send(text('late'), id), toFar.send(text('late'))]).to.deep.equal([
        false,
        false,
        false,
      ])
      expect([near.sendRaw(text('late'), toFar), toFar.sendRaw(text('late'))]).to.deep.equal([false, false])
      expect(toFar.stats.dropped).to.equal(5)
      expect(near.send(text('to all that are left'))).to.be.true
      await closed
      expect(near.send(text('late'), toFar)).to.be.false
      expect(toFar.stats.dropped).to.equal(6)
      expect(thrownBy(() => near.send(text('late'), id))).to.include({ code: 'ERR_PEER_UNKNOWN', peer: id })
    })

    it('does not keep a sender going who waits for room: that is told after a turn of the event loop', async () => {
      const { near, toFar } = lab.pair()
      const closed = toFar.close()
      let turns = 0
      const count = (): unknown => setImmediate(() => turns++ < 100 && count())
      count()
      for (let i = 0; i < 10; i++) expect(await near.drained(toFar)).to.be.false
      expect(turns).to.be.within(9, 100)
      await closed
      expect(await near.drained(toFar)).to.be.false
    })

    it('can be closed again, and again later', async () => {
      const { near, toFar } = lab.pair()
      await Promise.all([toFar.close(), toFar.close(), near.closePeer(toFar.id)])
      await toFar.close()
    })

    it('hands over the messages that came before, and reads none that comes after', async () => {
      const node = lab.node({ inboundLimit: 1 })
      const { peer, wire } = lab.attach(node)
      wire.write(Buffer.concat(['one', 'two'].map((message) => encodeFrame(text(message)))))
      await settled()
      wire.write(hex('00 00 00 03 66 6f'))
      await settled()
      const [gone, closed] = [departure(node), peer.close()]
      wire.resume().end(hex('75'))
      await closed
      expect((await gone).reason).to.equal(undefined)
      const loop = node.readRaw()
      await node.close()
      const seen: string[] = []
      for await (const { data } of loop) seen.push(data.toString())
      expect(seen).to.deep.equal(['one', 'two'])
    })

    it('hands over all that was decoded, even when nobody reads', async () => {
      const node = lab.node({ inboundLimit: 1 })
      const { peer, wire } = lab.attach(node)
      wire.write(encodeFrame(text('first')))
      await settled()
      for (let i = 0; i < 100; i++) wire.write(encodeFrame(text(`${i}`)))
      await settled()
      const closed = peer.close()
      wire.resume().end()
      await closed
      expect((await receiveText(node, 2))[0]).to.equal('first')
    })

    it('reads nothing when its first message comes too late', async () => {
      const node = lab.node()
      const { peer, wire } = lab.attach(node)
      const closed = peer.close()
      wire.resume().end(encodeFrame(text('late')))
      await closed
      const loop = node.readRaw()
      await node.close()
      expect(await loop.next()).to.deep.equal({ done: true, value: undefined })
    })

    it('ends although its duplex is gone and the last messages are on their way', async () => {
      const node = lab.node()
      const { peer, wire } = lab.attach(node)
      wire.write(encodeFrame(text('hi')))
      await receiveText(node, 1)
      const duplex = stuck()
      const other = node.attach(duplex)
      duplex.push(encodeFrame(text('hi')))
      await receiveText(node, 1)
      duplex.destroy()
      duplex.on('close', () => void other.close())
      await other.close()
      expect([...node.peers.values()]).to.deep.equal([peer])
    })

    it('fails when its duplex cannot be written to', async () => {
      const node = lab.node()
      const duplex = new Duplex({ read() {}, write: (_chunk, _encoding, callback) => callback(new Error('full')) })
      const peer = node.attach(duplex)
      const gone = departure(node)
      node.send(text('hi'), peer)
      expect((await gone).reason).to.have.property('message', 'full')
    })
  })

  describe('in time', () => {
    const clock = new Clock()

    it('is closed with ERR_TIMEOUT when it says nothing for timeoutMs', async () => {
      const node = lab.node({ timeoutMs: 100 })
      const { peer, wire } = lab.attach(node)
      clock.advance(99)
      wire.write(encodeFrame(text('hi')))
      await receiveText(node, 1)
      clock.advance(99)
      expect(peer.isOpen).to.be.true
      const gone = departure(node)
      clock.advance(1)
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'idle', limit: 100, peer: peer.id })
      expect(clock.running).to.equal(0)
    })

    it('is closed with ERR_TIMEOUT when it never said anything', async () => {
      const node = lab.node({ timeoutMs: 100 })
      lab.attach(node)
      const gone = departure(node)
      clock.advance(100)
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'idle' })
    })

    it('is not closed while we are the ones who paused, and has all its time after that', async () => {
      const node = lab.node({ timeoutMs: 100, inboundLimit: 1 })
      const { peer, wire } = lab.attach(node)
      wire.write(encodeFrame(text('one')))
      wire.write(encodeFrame(text('two')))
      await settled()
      clock.advance(1_000_000)
      expect(peer.isOpen).to.be.true
      expect(await receiveText(node, 2)).to.deep.equal(['one', 'two'])
      clock.advance(99)
      expect(peer.isOpen).to.be.true
      clock.advance(1)
      expect(peer.isOpen).to.be.false
    })

    it('is not closed while a handler works on its message, and has all its time after that', async () => {
      const node = lab.node({ timeoutMs: 100 })
      let finish: (() => void) | undefined
      node.addHandler(0, () => new Promise<void>((resolve) => (finish = resolve)))
      const { peer, wire } = lab.attach(node)
      wire.write(encodeFrame(text('question')))
      await settled()
      clock.advance(1050)
      expect(peer.isOpen).to.be.true
      finish?.()
      await settled()
      clock.advance(99)
      expect(peer.isOpen).to.be.true
      clock.advance(1)
      expect(peer.isOpen).to.be.false
    })

    it('is not closed while the loop has its message, and not while it waits behind others', async () => {
      const node = lab.node({ timeoutMs: 100 })
      const [one, other] = [lab.attach(node), lab.attach(node)]
      const loop = node.readRaw()
      one.wire.write(encodeFrame(text('from one')))
      other.wire.write(encodeFrame(text('from the other')))
      await loop.next()
      await settled()
      clock.advance(1050)
      expect([one.peer.isOpen, other.peer.isOpen]).to.deep.equal([true, true])
      await loop.next()
      const third = loop.next()
      clock.advance(99)
      expect([one.peer.isOpen, other.peer.isOpen]).to.deep.equal([true, true])
      clock.advance(101)
      expect([one.peer.isOpen, other.peer.isOpen]).to.deep.equal([false, false])
      await loop.return()
      await third
    })

    it('has no timer without timeoutMs', () => {
      lab.attach(lab.node())
      expect(clock.running).to.equal(0)
    })

    it('is destroyed when it takes longer than closeTimeoutMs to take what was sent', async () => {
      const node = lab.node({ closeTimeoutMs: 100 })
      const duplex = stuck()
      const peer = node.attach(duplex)
      node.send(Buffer.alloc(1000), peer)
      await settled()
      const [gone, closed] = [departure(node), peer.close()]
      clock.advance(99)
      expect(node.peers.size).to.equal(1)
      clock.advance(1)
      await closed
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'close', limit: 100, queued: 1004 })
      expect(clock.running).to.equal(0)
    })

    it('is destroyed without an error when it has taken all and does not end', async () => {
      const node = lab.node({ closeTimeoutMs: 100 })
      const { peer, wire } = lab.attach(node)
      node.send(text('hi'), peer)
      const [gone, closed] = [departure(node), peer.close()]
      await once(wire.resume(), 'end')
      await settled()
      clock.advance(100)
      await closed
      expect((await gone).reason).to.equal(undefined)
      expect(clock.running).to.equal(0)
    })

    it('is destroyed when its own encoder or decoder never ends', async () => {
      const unending = (): Transform => new Transform({ objectMode: true, transform: () => {} })
      class StuckNode extends BaseNode {
        protected override createEncoder(): Transform {
          return unending()
        }

        protected override createDecoder(): Transform {
          return unending()
        }
      }
      for (const use of ['encoder', 'decoder'] as const) {
        const node = new StuckNode({ closeTimeoutMs: 100 }, [])
        const { peer, wire } = lab.attach(node)
        if (use === 'encoder') node.send(text('hi'), peer)
        else wire.write(text('hi'))
        await settled()
        wire.resume().end()
        const closed = node.close()
        await settled()
        clock.advance(100)
        await closed
        expect(node.peers.size).to.equal(0)
        expect(clock.running).to.equal(0)
      }
    })

    it('leaves no timer when it is closed after its duplex', async () => {
      const node = lab.node({ timeoutMs: 100 })
      const duplex = stuck()
      const peer = node.attach(duplex)
      duplex.push(encodeFrame(text('hi')))
      await receiveText(node, 1)
      duplex.destroy()
      await closeOf(duplex)
      await peer.close()
      expect(clock.running).to.equal(0)
    })
  })

  it('has an id that is given once, or one that was asked for', async () => {
    const node = lab.node()
    const duplexes = [stuck(), stuck()] as const
    const [first, second] = [node.attach(duplexes[0]), node.attach(duplexes[1], { id: 'me', identity: 'key' })]
    expect(first).to.include({ id: 'attached#1', address: undefined, endpoint: undefined, direction: 'attached' })
    expect(first.identity).to.equal(undefined)
    expect(second).to.include({ id: 'me', identity: 'key' })
    expect(thrownBy(() => node.attach(stuck(), { id: 'me' }))).to.be.instanceOf(RangeError)
    node.attach(stuck(), { id: 'attached#2' })
    for (const duplex of duplexes) duplex.destroy()
    await settled()
    expect(node.attach(stuck()).id).to.equal('attached#3')
    expect(node.attach(stuck(), { id: 'me' }).id).to.equal('me')
  })

  it('tells a person what matters', () => {
    const node = lab.node()
    const peer = node.attach(stuck())
    expect(String(peer)).to.equal('Peer attached#1 (attached, open)')
    expect(inspect(peer)).to.equal(
      "Peer {\n  id: 'attached#1',\n  address: undefined,\n  direction: 'attached',\n  state: 'open'\n}",
    )
    expect(String(node)).to.equal('PeerNode (not listening, 1 peer)')
    expect(JSON.stringify({ peer, node })).to.equal(JSON.stringify({ peer: String(peer), node: String(node) }))
    expect(inspect(node)).to.equal('PeerNode (not listening, 1 peer)')
    peer.end()
    expect(String(peer)).to.equal('Peer attached#1 (attached, ended)')
  })

  it('reads frames of a layout', async () => {
    const node = lab.keep(new PeerNode({ framing: { lengthField: uint8 } }))
    const { peer, wire } = lab.attach(node)
    wire.write(hex('02 68 69'))
    expect(await receiveText(node, 1)).to.deep.equal(['hi'])
    node.send(text('bye'), peer)
    expect(toHex(((await once(wire, 'data')) as [Buffer])[0])).to.equal('03 62 79 65')
  })
})
