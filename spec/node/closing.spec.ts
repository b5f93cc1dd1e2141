import { expect } from 'chai'
import { setImmediate } from 'node:timers/promises'
import { encodeFrame, type LongMessageSource } from '../../lib/index.js'
import { MemoryDuplex } from '../../lib/transports/memory-duplex.js'
import { departure, Lab, receiveText, settled } from '../support/lab.js'

/** A message whose pieces come when the spec says so. */
class Trickle implements AsyncIterable<Uint8Array> {
  readonly length: number
  readonly #pieces: Uint8Array[]
  #go: (() => void) | undefined

  constructor(...pieces: readonly string[]) {
    this.#pieces = pieces.map((piece) => Buffer.from(piece))
    this.length = this.#pieces.reduce((sum, { length }) => sum + length, 0)
  }

  /** Lets the next piece out. */
  go(): void {
    this.#go?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (const [i, piece] of this.#pieces.entries()) {
      if (i > 0) await new Promise<void>((resolve) => (this.#go = resolve))
      yield piece
    }
  }
}

describe('closing', () => {
  const lab = new Lab()

  it('sends what waits, although the other side is in the middle of a message', async () => {
    const { near, far, toFar, toNear } = lab.pair()
    const source = new Trickle('half ', 'whole')
    const long = far.sendLong(source, toNear).catch((error: unknown) => error)
    await settled()
    const sent = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(100_000)}`)
    for (const message of sent) near.send(Buffer.from(message), toFar)
    const [left, gone] = [departure(near), departure(far)]
    const closed = near.close()
    const received = receiveText(far, 100)
    expect(await received).to.deep.equal(sent)
    source.go()
    await closed
    expect((await left).reason).to.equal(undefined)
    expect((await gone).reason).to.equal(undefined)
    expect(await long).to.equal(undefined)
    expect(toFar.stats.dropped).to.equal(1)
  })

  it('sends a long message that is on its way, and what waits behind it', async () => {
    const { near, far, toFar } = lab.pair()
    const source = new Trickle('long ', 'message')
    const sent = near.sendLong(source as LongMessageSource, toFar)
    near.send(Buffer.from('behind it'), toFar)
    await settled()
    const closed = near.close()
    await settled()
    source.go()
    await Promise.all([sent, closed])
    expect(await receiveText(far, 2)).to.deep.equal(['long message', 'behind it'])
  })

  it('waits for the handlers that run, whose answers leave, and for no others', async () => {
    const { near, far } = lab.pair()
    const begun: string[] = []
    near.addHandler(0, async (from, _type, data) => {
      begun.push(Buffer.from(data).toString())
      for (let i = 0; i < 20; i++) await setImmediate()
      near.send(Buffer.from(`answer to ${Buffer.from(data).toString()}`), from)
    })
    const other = lab.attach(near)
    for (const text of ['one', 'two', 'three']) far.send(Buffer.from(text))
    other.wire.write(encodeFrame(Buffer.from('four')))
    other.wire.resume()
    await settled()
    const [peer] = [...near.peers.values()]
    const closed = near.close()
    other.wire.end()
    await closed
    expect(begun).to.have.members(['one', 'four'])
    expect(await receiveText(far, 1)).to.deep.equal(['answer to one'])
    expect(peer?.stats.dropped).to.equal(2)
  })

  it('does not wait for a handler that closes its own node', async () => {
    const { near, far } = lab.pair({ closeTimeoutMs: 60_000 })
    const closed = new Promise<void>((resolve) => {
      near.addHandler(0, async () => {
        await near.close()
        resolve()
      })
    })
    far.send(Buffer.from('close!'))
    await closed
    expect(near.isClosed).to.be.true
  })

  it('waits for handlers no longer than closeTimeoutMs', async () => {
    const { near, far } = lab.pair({ closeTimeoutMs: 20 })
    near.addHandler(0, () => new Promise<void>(() => {}))
    far.send(Buffer.from('x'))
    await settled()
    await near.close()
    expect(near.isClosed).to.be.true
  })

  it('of one peer does not wait for its handlers, and drops and counts what waits for them', async () => {
    const { near, far, toFar } = lab.pair()
    let finish: (() => void) | undefined
    near.addHandler(0, () => new Promise<void>((resolve) => (finish = resolve)))
    for (const text of ['one', 'two', 'three']) far.send(Buffer.from(text))
    await settled()
    await near.closePeer(toFar)
    expect(toFar.stats.dropped).to.equal(2)
    finish?.()
    await settled()
    expect(toFar.stats.dropped).to.equal(2)
  })

  it('counts what arrives at a peer meanwhile, and leaves what waits for a loop readable', async () => {
    const node = lab.node()
    const { wire, peer } = lab.attach(node)
    wire.write(encodeFrame(Buffer.from('before')))
    await settled()
    const closed = peer.close()
    wire.write(Buffer.concat([encodeFrame(Buffer.from('after')), encodeFrame(Buffer.from('after that'))]))
    wire.resume().end()
    await closed
    expect(peer.stats.dropped).to.equal(2)
    expect(await receiveText(node, 1)).to.deep.equal(['before'])
  })

  it('counts what arrives at a peer that has said nothing before', async () => {
    const node = lab.node()
    const { wire, peer } = lab.attach(node)
    const closed = peer.close()
    wire.resume().end(encodeFrame(Buffer.from('too late')))
    await closed
    expect(peer.stats.dropped).to.equal(1)
  })

  it('tells a sender whose peer is cut off before all was sent', async () => {
    const node = lab.node()
    const [inside, outside] = MemoryDuplex.pair()
    lab.later(() => outside.destroy())
    const peer = node.attach(inside)
    for (let i = 0; i < 100; i++) node.send(Buffer.alloc(10_000), peer)
    const [gone, closed] = [departure(node), peer.close()]
    await settled()
    expect(peer.stats.waiting).to.be.greaterThan(0)
    // The program itself takes the duplex away, without an error.
    inside.destroy()
    await closed
    expect((await gone).reason).to.include({ code: 'ERR_PEER_GONE', peer: peer.id })
    expect(peer.stats.dropped).to.be.greaterThan(0)
  })
})
