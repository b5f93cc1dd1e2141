import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Transform } from 'node:stream'
import { expect } from 'chai'
import {
  encodeFrame,
  jsonCodec,
  PeerNode,
  type MessageIterator,
  type PeerNodeOptions,
  type Received,
} from '../../lib/index.js'
import { MemoryGuard } from '../../lib/peer/memory-guard.js'
import { Rounds } from '../../lib/peer/rounds.js'
import { concat, pattern, text } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { FakeHolder } from '../support/holder.js'
import { arrival, departure, Lab, receive, receiveText, rejectionOf, settled, thrownBy } from '../support/lab.js'

const MIB = 1_048_576
const empty = encodeFrame(text(''))

describe('where the parts of a node meet', () => {
  const lab = new Lab()
  const clock = new Clock()

  /** A peer, the other end of it, and the bytes that arrived there. */
  function open(node: PeerNode) {
    const { peer, wire } = lab.attach(node)
    const seen: Buffer[] = []
    wire.on('data', (chunk: Buffer) => seen.push(chunk))
    return { peer, wire, seen: () => Buffer.concat(seen) }
  }

  async function pass(ms: number, stepMs = 10): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      clock.advance(stepMs)
      await settled()
    }
  }

  /** Lets time pass until something is so, while real sockets do what they do. */
  async function passReally(isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 200 && !isSo(); i++) {
      clock.advance(10)
      await settled()
    }
  }

  async function nextOf(reader: MessageIterator<Received>): Promise<Buffer> {
    let next: Buffer | undefined
    void reader.next().then(({ value }) => (next = value!.data))
    await passReally(() => next !== undefined)
    return next!
  }

  for (const heartbeatMs of [undefined, 100]) {
    for (const wrong of [undefined, null, 5, '', 'text', [], {}]) {
      const told = `${JSON.stringify(wrong)}${heartbeatMs === undefined ? '' : ', with heartbeats,'}`
      it(`refuses ${told} as a message at every door, with a sentence that says what it expects`, async () => {
        const node = lab.node({ heartbeatMs })
        const { peer } = lab.attach(node)
        const message = wrong as Uint8Array
        for (const to of [undefined, peer, [peer], [], { except: peer }]) {
          for (const send of [() => node.send(message, to), () => node.sendMsg(0, message, to)]) {
            expect(thrownBy(send)).to.be.an.instanceOf(TypeError)
            expect(send).to.throw('Cannot encode message: expected a Uint8Array')
          }
          expect(() => node.sendRaw(message, to)).to.throw(TypeError, 'Cannot send frame: expected a Uint8Array')
        }
        const rejection = await rejectionOf(peer.sendLong(message as never))
        expect(rejection)
          .to.be.an.instanceOf(TypeError)
          .with.property('message')
          .match(/^Cannot send long message/)
      })
    }
  }

  it('sends to a group once, also to a peer that is in it by itself and by its id', async () => {
    const node = lab.node()
    const { peer, seen } = open(node)
    node.send(text('x'), [peer, peer.id])
    node.sendRaw(encodeFrame(text('y')), [peer.id, peer])
    await settled()
    expect(seen()).to.deep.equal(concat([encodeFrame(text('x')), encodeFrame(text('y'))]))
  })

  it('closes the source of a long message that is refused, since it is empty', async () => {
    const node = lab.node({ heartbeatMs: 100 })
    const { peer } = lab.attach(node)
    let isClosed = false
    const source = { length: 0, return: () => (isClosed = true), *[Symbol.iterator]() {} }
    await rejectionOf(peer.sendLong(source as never))
    expect(isClosed).to.equal(true)
  })

  describe('a heartbeat', () => {
    it('that a subclass cannot frame ends its peer, and never the process', async () => {
      const fault = new Error('Mine are never empty')
      const methods: (() => unknown)[] = [
        () => 'no bytes',
        () => {
          throw fault
        },
      ]
      for (const frame of methods) {
        class Node extends PeerNode {
          protected override encodeMsg(message: Uint8Array): Uint8Array {
            return message.length > 0 ? super.encodeMsg(message) : (frame() as Uint8Array)
          }
        }
        const node = lab.keep(new Node({ heartbeatMs: 100 }))
        const gone = departure(node)
        const { peer } = lab.attach(node)
        await pass(200)
        expect((await gone).peer).to.equal(peer)
        expect((await gone).reason).to.be.an.instanceOf(Error)
      }
    })

    it('counts as no message that is sent, and is told by no channel', async () => {
      const told: unknown[] = []
      const listen = (message: unknown): void => void told.push(message)
      subscribe('lengthwise:message-out', listen)
      lab.later(() => unsubscribe('lengthwise:message-out', listen))
      const { peer, seen } = open(lab.node({ heartbeatMs: 100 }))
      await pass(500)
      expect(seen().length).to.be.at.least(16)
      expect(peer.stats).to.include({ messagesOut: 0, bytesOut: seen().length })
      expect(told).to.be.empty
    })

    it('goes through the encoder of a subclass', async () => {
      class Node extends PeerNode {
        protected override createEncoder(): Transform {
          return new Transform({
            writableObjectMode: true,
            transform: (message: Buffer, _encoding, callback) => callback(null, Buffer.of(message.length, ...message)),
          })
        }
      }
      const { seen } = open(lab.keep(new Node({ heartbeatMs: 100 })))
      await pass(150)
      expect(seen()).to.deep.equal(Buffer.of(0))
    })

    it('is no loss when it comes to a peer that is being closed', async () => {
      const { peer, wire } = open(lab.node({ heartbeatMs: 100 }))
      const closed = peer.close()
      wire.end(concat([empty, encodeFrame(text('late')), empty]))
      await settled()
      await closed
      expect(peer.stats.dropped).to.equal(1)
    })

    it('behind a long message does not keep what is oldest from being dropped', async () => {
      const node = lab.node({ heartbeatMs: 100, overflow: 'drop-oldest', outboundLimit: 1000 })
      const { peer, seen } = open(node)
      let go: (() => void) | undefined
      const waits = new Promise<void>((resolve) => (go = resolve))
      async function* source(): AsyncGenerator<Uint8Array> {
        yield text('ab')
        await waits
        yield text('cd')
      }
      const sent = peer.sendLong(Object.assign(source(), { length: 4 }))
      await pass(300)
      for (let i = 0; i < 10; i++) {
        peer.send(pattern(400 + i))
        await settled()
      }
      go!()
      await sent
      await settled()
      expect(seen().readUInt32BE(seen().length - 413)).to.equal(409)
      expect(peer.stats.dropped).to.be.within(6, 8)
    })
  })

  describe('frameTimeoutMs', () => {
    it('holds for a frame that came behind what was too much to read', async () => {
      const node = lab.node({ frameTimeoutMs: 1000, inboundLimit: 1 })
      const { peer, wire } = lab.attach(node)
      const frame = encodeFrame(text('hello'))
      wire.write(concat([...Array<Buffer>(300).fill(Buffer.from(frame)), frame.subarray(0, 7)]))
      await pass(3000, 100)
      expect(peer.isOpen).to.equal(true)
      const gone = departure(node)
      await receiveText(node, 300)
      await pass(2000, 50)
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'frame' })
      expect(clock.running).to.equal(0)
    })

    it('costs a peer that is being closed nothing of what waits for it', async () => {
      const node = lab.node({ frameTimeoutMs: 1000, closeTimeoutMs: 5000 })
      const { peer, wire } = lab.attach(node)
      wire.write(encodeFrame(text('hello')).subarray(0, 6))
      await settled()
      peer.send(pattern(MIB))
      const [gone, closed] = [departure(node), peer.close()]
      await pass(3000, 100)
      let length = 0
      wire.on('data', (chunk: Buffer) => (length += chunk.length)).on('end', () => wire.end())
      await pass(100)
      await closed
      expect(length).to.equal(MIB + 4)
      expect((await gone).reason).to.equal(undefined)
    })
  })

  describe('memoryLimit', () => {
    it('makes no peer idle, or late with its first message, of which nothing is read meanwhile', async () => {
      const times: PeerNodeOptions = { timeoutMs: 500, firstMessageTimeoutMs: 700 }
      const node = lab.node({ ...times, memoryLimit: MIB, inboundLimit: 16 * MIB })
      const [one, other] = [lab.attach(node), lab.attach(node)]
      one.wire.write(encodeFrame(pattern(400_000)).subarray(0, 300_000))
      for (let i = 0; i < 14; i++) {
        await settled()
        other.wire.write(encodeFrame(pattern(65_536)))
      }
      await settled()
      await receive(node, 1)
      await pass(3000, 50)
      expect(one.peer.isOpen).to.equal(true)
    })

    it('refuses frames of peers that wait, as far as they keep one another from going on', () => {
      const peers = Array.from({ length: 11 }, () => new FakeHolder(95, 95))
      new MemoryGuard(1000, () => peers).grew(1000)
      // A reader takes something, and what is left is below the limit, and would stay.
      peers[0]!.held = peers[0]!.unfinished = 0
      clock.advance(1000)
      expect(peers.filter(({ isRefused }) => isRefused).length).to.equal(4)
      expect(peers.some(({ isHeld, isRefused }) => isHeld && !isRefused)).to.equal(false)
    })

    it('loses no message and no peer to a reader that is late, and stays near the limit', async () => {
      for (const [length, isClosing] of [
        [10_000, false],
        [100_000, false],
        [100_000, true],
      ] as const) {
        const { node, address } = await lab.listen({ memoryLimit: 200_000, inboundLimit: 16 * MIB })
        const joined = arrival(node)
        const socket = await lab.dial(address)
        const [peer, gone] = [await joined, departure(node)]
        for (let i = 0; i < 60; i++) socket.write(encodeFrame(pattern(length)))
        socket.end(encodeFrame(text('last')))
        await passReally(() => peer.stats.waitingIn > 90_000)
        await passReally(() => false)
        expect(peer.stats.waitingIn).to.be.below(400_000)
        if (isClosing) {
          socket.resume()
          void peer.close()
        } else {
          let count = 0
          const reader = node.readRaw()
          for (let next = await nextOf(reader); next.length !== 4; next = await nextOf(reader)) {
            expect(next.equals(pattern(length))).to.equal(true)
            count++
          }
          await reader.return()
          socket.resume()
          expect(count).to.equal(60)
        }
        await passReally(() => node.peers.size === 0)
        expect((await gone).reason).to.equal(undefined)
      }
    })

    it('refuses no frames while it is messages that wait', () => {
      const peers = [new FakeHolder(500, 500), new FakeHolder(600, 0)]
      new MemoryGuard(1000, () => peers).grew(1000)
      peers[1]!.held = 450
      clock.advance(1000)
      expect(peers.map(({ isHeld, isRefused }) => [isHeld, isRefused])).to.deep.equal(Array(2).fill([true, false]))
    })
  })

  it('looks at peers once in a round, also when what is done about one adds another', () => {
    let looks = 0
    const rounds: Rounds<string, number> = new Rounds<string, number>(100, (member) => {
      looks++
      if (member !== 'leaver') return looks
      rounds.add(`heir ${looks}`)
      return undefined
    })
    for (let i = 0; i < 3; i++) {
      rounds.add('leaver')
      clock.advance(100)
    }
    looks = 0
    clock.advance(1000)
    expect(looks).to.equal(30)
  })

  it('refuses options of a request, and types that the other side would refuse', async () => {
    const node = new PeerNode({ codec: jsonCodec() })
    lab.keep(node)
    const { peer } = lab.attach(node)
    for (const signal of [null, {}, 5] as unknown as AbortSignal[]) {
      const rejection = await rejectionOf(node.request('add', 1, peer, { signal }))
      expect(rejection)
        .to.be.an.instanceOf(TypeError)
        .with.property('message')
        .match(/^Cannot use signal/)
    }
    for (const type of [undefined, null, {}, Symbol('add')] as unknown as string[]) {
      const message = 'expected a type that is a string or a number'
      expect(() => node.sendMsg(type, 1, peer)).to.throw(TypeError, message)
      expect(String(await rejectionOf(node.request(type, 1, peer)))).to.include(message)
    }
  })
})
