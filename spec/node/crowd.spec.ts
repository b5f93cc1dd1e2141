import { expect } from 'chai'
import { once } from 'node:events'
import fc from 'fast-check'
import { Duplex } from 'node:stream'
import { decodeFrames, encodeFrame, type LongMessageSource, type Peer, type PeerNode } from '../../lib/index.js'
import { pattern, text } from '../support/bytes.js'
import { Lab, receiveText, rejectionOf, settled, thrownBy } from '../support/lab.js'
import { check } from '../support/property.js'

/** Keeps what is written to it, as it is written. */
class Recorder extends Duplex {
  readonly writes: Buffer[] = []

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.writes.push(bytes)
    callback()
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this.writes.push(...chunks.map(({ chunk }) => chunk))
    callback()
  }

  get messages(): string[] {
    return decodeFrames(Buffer.concat(this.writes)).map((message) => Buffer.from(message).toString('latin1'))
  }
}

/** A message in pieces. */
function longOf(message: Uint8Array): LongMessageSource {
  return {
    length: message.length,
    *[Symbol.iterator]() {
      for (let start = 0; start < message.length; start += 1000) yield message.subarray(start, start + 1000)
    },
  }
}

interface Sending {
  readonly how: 'framed' | 'raw' | 'long'
  readonly by: 'peer' | 'node' | 'id'
}

function send(node: PeerNode, peer: Peer | undefined, { how, by }: Sending, message: Uint8Array): void {
  const frame = encodeFrame(message)
  if (peer === undefined) {
    if (how === 'raw') node.sendRaw(frame)
    else node.send(message)
  } else if (by === 'peer') {
    if (how === 'raw') peer.sendRaw(frame)
    else if (how === 'long') void peer.sendLong(longOf(message))
    else peer.send(message)
  } else {
    const to = by === 'id' ? peer.id : peer
    if (how === 'raw') node.sendRaw(frame, to)
    else if (how === 'long') void node.sendLong(longOf(message), to)
    else node.send(message, to)
  }
}

describe('sending', () => {
  const lab = new Lab()
  const attach = (node: PeerNode): { peer: Peer; recorder: Recorder } => {
    const recorder = new Recorder()
    lab.later(() => recorder.destroy())
    return { peer: node.attach(recorder), recorder }
  }

  it('reaches one peer, by itself or by its id, or all', async () => {
    const node = lab.node()
    const [a, b] = [attach(node), attach(node)]
    expect(node.send(text('to a'), a.peer)).to.be.true
    node.send(text('to b'), b.peer.id)
    node.send(text('to all'))
    node.sendRaw(encodeFrame(text('raw to b')), b.peer)
    node.sendRaw(encodeFrame(text('raw to all')))
    await settled()
    expect(a.recorder.messages).to.deep.equal(['to a', 'to all', 'raw to all'])
    expect(b.recorder.messages).to.deep.equal(['to b', 'to all', 'raw to b', 'raw to all'])
  })

  it('to all reaches nobody when there is nobody', () => {
    expect(lab.node().send(text('hello'))).to.be.true
    expect(lab.node().sendRaw(encodeFrame(text('hello')))).to.be.true
  })

  it('to all reaches those who are peers by then, and nobody who joins later in the tick', async () => {
    const node = lab.node()
    const a = attach(node)
    node.send(text('before'))
    const b = attach(node)
    node.send(text('after'))
    await settled()
    expect(a.recorder.messages).to.deep.equal(['before', 'after'])
    expect(b.recorder.messages).to.deep.equal(['after'])
  })

  it('to all encodes once: peers share the bytes', async () => {
    const node = lab.node()
    const [a, b] = [attach(node), attach(node)]
    const long = Buffer.from(pattern(5000))
    node.send(text('one'))
    node.send(text('two'))
    node.send(long)
    await settled()
    expect(a.recorder.messages).to.have.lengthOf(3)
    expect(a.recorder.writes).to.have.lengthOf(3)
    for (const [i, bytes] of a.recorder.writes.entries()) {
      expect(bytes.buffer).to.equal(b.recorder.writes[i]!.buffer)
      expect(bytes.byteOffset).to.equal(b.recorder.writes[i]!.byteOffset)
    }
    expect(a.recorder.writes[2]!.buffer).to.equal(long.buffer)
  })

  it('packs the messages of one tick into one write', async () => {
    const node = lab.node()
    const { peer, recorder } = attach(node)
    for (let i = 0; i < 10; i++) node.send(text('hello'), peer)
    await settled()
    expect(recorder.writes).to.have.lengthOf(1)
    for (let i = 0; i < 10; i++) node.send(text('hello'))
    await settled()
    expect(recorder.writes).to.have.lengthOf(2)
  })

  it('keeps its order, whatever is sent by node or peer, to one or to all, framed, raw or long, within a tick and across ticks', async () => {
    const step = fc.oneof(
      fc.record({
        // Up to the slabs of the encoder, and above what it copies.
        length: fc.constantFrom(0, 1, 200, 2048, 2049, 40_000),
        how: fc.constantFrom('framed' as const, 'raw' as const, 'long' as const),
        to: fc.constantFrom('a' as const, 'b' as const, undefined),
        // Whether the peer's own method is called, or the node's, with the peer or its id.
        by: fc.constantFrom('peer' as const, 'node' as const, 'id' as const),
      }),
      fc.constant('tick' as const),
    )
    await check(fc.array(step, { maxLength: 40 }), async (steps) => {
      const node = lab.node()
      const peers = { a: attach(node), b: attach(node) }
      const expected: Record<'a' | 'b', string[]> = { a: [], b: [] }
      for (const [i, step] of steps.entries()) {
        if (step === 'tick') {
          await settled()
          continue
        }
        const message = Buffer.alloc(step.length, i)
        send(node, step.to === undefined ? undefined : peers[step.to].peer, step, message)
        for (const name of ['a', 'b'] as const) {
          if (step.to === name || step.to === undefined) expected[name].push(message.toString('latin1'))
        }
      }
      for (const { peer } of Object.values(peers)) peer.end()
      await Promise.all(Object.values(peers).map(({ recorder }) => once(recorder, 'finish')))
      expect(peers.a.recorder.messages).to.deep.equal(expected.a)
      expect(peers.b.recorder.messages).to.deep.equal(expected.b)
      for (const { recorder } of Object.values(peers)) recorder.destroy()
      await node.close()
    })
  })

  it('law 5: refuses an oversized message before a byte of it leaves, by whichever method, and the next one is fine', async () => {
    const node = lab.node({ framing: { maxMessageLength: 3 } })
    const { peer, recorder } = attach(node)
    node.send(text('one'), peer)
    const tooLarge = { code: 'ERR_MESSAGE_TOO_LARGE', length: 4, limit: 3 }
    for (const to of [peer, peer.id, undefined]) {
      expect(thrownBy(() => node.send(text('long'), to))).to.include(tooLarge)
      expect(thrownBy(() => node.sendMsg(0, text('long'), to))).to.include(tooLarge)
    }
    expect(thrownBy(() => peer.send(text('long')))).to.include(tooLarge)
    for (const send of [() => node.sendLong(longOf(text('long')), peer), () => peer.sendLong(longOf(text('long')))]) {
      expect(await rejectionOf(send())).to.include(tooLarge)
    }
    expect(await rejectionOf(peer.sendLong([text('a'), text('b')]))).to.be.instanceOf(TypeError)
    peer.send(text('two'))
    node.send(text('all'))
    await settled()
    expect(recorder.messages).to.deep.equal(['one', 'two', 'all'])
    expect(peer.isOpen).to.equal(true)
    expect(peer.stats.dropped).to.equal(0)
  })

  it('refuses what is no bytes', () => {
    const node = lab.node()
    const { peer } = attach(node)
    for (const to of [peer, undefined]) {
      expect(() => node.send('text' as unknown as Uint8Array, to)).to.throw(TypeError, 'Cannot encode message')
      expect(() => node.sendRaw('text' as unknown as Uint8Array, to)).to.throw(TypeError, 'Cannot send frame')
    }
  })

  it('to a stranger is refused, whether as a peer or by id', async () => {
    const node = lab.node()
    const stranger = attach(lab.node()).peer
    attach(node)
    for (const to of [stranger, 'nobody', '__proto__']) {
      const name = typeof to === 'string' ? to : to.id
      const unknown = { name: 'PeerError', code: 'ERR_PEER_UNKNOWN', peer: name }
      expect(thrownBy(() => node.send(text('x'), to))).to.include(unknown)
      expect(thrownBy(() => node.sendRaw(text('x'), to))).to.include(unknown)
      expect(await node.drained(to).catch((error: unknown) => error)).to.include(unknown)
      expect(await node.closePeer(to).catch((error: unknown) => error)).to.include(unknown)
    }
  })

  it('to all does not wait for the slowest, which alone is closed', async () => {
    const node = lab.node({ outboundLimit: 100_000 })
    const { near, far } = lab.pair()
    const stuck = new Duplex({ read() {}, write() {} })
    node.attach(stuck)
    const [relay] = [attach(node)]
    const message = Buffer.alloc(4000)
    const reasons: unknown[] = []
    node.on('disconnect', (_peer, reason) => reasons.push(reason))
    for (let i = 0; i < 100; i++) {
      node.send(message)
      await settled()
    }
    expect(relay.recorder.messages).to.have.lengthOf(100)
    expect(reasons).to.have.lengthOf(1)
    expect(reasons[0]).to.include({ code: 'ERR_SLOW_CONSUMER' })
    near.send(text('others are fine'))
    expect(await receiveText(far, 1)).to.deep.equal(['others are fine'])
  })

  it('to all answers false while anybody is slow', async () => {
    const node = lab.node()
    const stuck = new Duplex({ read() {}, write() {}, highWaterMark: 1 })
    lab.later(() => stuck.destroy())
    node.attach(stuck)
    attach(node)
    node.send(text('x'))
    await settled()
    expect(node.send(text('y'))).to.be.false
    expect(node.sendRaw(encodeFrame(text('z')))).to.be.false
    const drained = node.drained()
    stuck.destroy()
    await drained
    expect(node.send(text('y'))).to.be.true
  })
})
