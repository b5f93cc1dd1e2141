import { expect } from 'chai'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { encodeFrame, type Peer } from '../../lib/index.js'
import { concat, pattern, text, toHex } from '../support/bytes.js'
import { Lab } from '../support/lab.js'

const framing = { streamAbove: 1000 }

function source(length: number, pieces: readonly Uint8Array[]): Readable & { length: number } {
  return Object.assign(Readable.from(pieces), { length })
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await stream.toArray()) as Buffer[])
}

describe('PeerNode, with long messages', () => {
  const lab = new Lab()

  it('sends one in pieces, with what is sent meanwhile behind it, in order', async () => {
    const { near, far, toFar } = lab.pair({ framing }, { framing })
    const long = pattern(3_000_000)
    near.send(text('before'), toFar)
    const sending = near.sendLong(source(long.length, [long.subarray(0, 10), long.subarray(10)]), toFar)
    near.send(text('after'), toFar)
    near.sendRaw(encodeFrame(text('raw')), toFar)
    near.send(text('to all'))
    const seen: string[] = []
    for await (const { data, from, stream } of far.readRaw()) {
      if (stream === undefined) {
        seen.push(String(data))
      } else {
        const received = await bytesOf(stream)
        expect(Buffer.compare(received, long)).to.equal(0)
        seen.push(`${received.length} bytes of ${from.id}`)
      }
      if (seen.length === 5) break
    }
    await sending
    expect(seen).to.deep.equal(['before', `3000000 bytes of ${[...far.peers.keys()][0]}`, 'after', 'raw', 'to all'])
  })

  it('lets the messages of other peers come while one is not read', async () => {
    const { node: hub, address } = await lab.listen({ framing })
    const [one, other] = [lab.node({ framing }), lab.node({ framing })]
    const toHub = await one.connectTo(address)
    await other.connectTo(address)
    const sending = one.sendLong(source(2_000_000, [pattern(1_000_000), pattern(1_000_000)]), toHub)
    const messages = hub.readRaw()
    const { value: first } = await messages.next()
    const long = first?.stream
    for (let i = 0; i < 20; i++) {
      other.send(text(`still here ${i}`))
      const { value } = await messages.next()
      expect(String(value?.data)).to.equal(`still here ${i}`)
    }
    expect(long?.receivedLength).to.be.below(2_000_000)
    expect(Buffer.compare(await bytesOf(long!), concat([pattern(1_000_000), pattern(1_000_000)]))).to.equal(0)
    await sending
    await messages.return()
  })

  it('tells the header bytes that the layout keeps', async () => {
    const kept = { streamAbove: 10, lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 }
    const { near, far, toFar } = lab.pair({ framing: kept }, { framing: kept })
    await near.sendLong(source(15, [text('Q....0123456789')]), toFar)
    const { value } = await far.readRaw().next()
    expect(toHex(value!.data)).to.equal('51 00 00 00 0e')
    expect(String(await bytesOf(value!.stream!))).to.match(/^Q[^]{4}0123456789$/)
  })

  for (const [name, length] of Object.entries({ 'shorter than': 7, 'longer than': 5 })) {
    it(`refuses a source that is not as long as it said, ${name} that, and closes the peer`, async () => {
      const { near, toFar } = lab.pair({ framing })
      const left = once(near, 'disconnect') as Promise<[Peer, Error]>
      const sending = near.sendLong(source(length, [text('abcdef')]), toFar).catch((error: unknown) => error)
      expect(await sending).to.be.instanceOf(RangeError)
      const [peer, reason] = await left
      expect(peer).to.equal(toFar)
      expect(reason).to.equal(await sending)
    })
  }

  it('law 5: refuses one that the other side would refuse', async () => {
    const { near, toFar } = lab.pair({ framing: { maxMessageLength: 10 } })
    const error: unknown = await near.sendLong(source(11, [pattern(11)]), toFar).catch((reason: unknown) => reason)
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 11, limit: 10 })
  })

  it('rejects when the peer goes away before the end, and lets go of the source', async () => {
    const address = await lab.serve((socket) => socket.once('data', () => socket.destroy()))
    const node = lab.node({ framing: { maxMessageLength: Infinity } })
    const toServer = await node.connectTo(address)
    const endless = new Readable({
      read() {
        this.push(pattern(65_536))
      },
    })
    const closed = new Promise((resolve) => endless.once('close', resolve))
    // Node tells a Readable whose loop is left that it was aborted.
    endless.on('error', () => {})
    const long = Object.assign(endless, { length: 0xffff_ffff })
    const error: unknown = await node.sendLong(long, toServer).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(Error)
    await closed
  })

  it('refuses what is no message in pieces, and a peer that is not there', async () => {
    const { near, toFar } = lab.pair({ framing })
    const refusal = (message: unknown): Promise<unknown> =>
      near.sendLong(message as Readable & { length: number }, toFar).catch((error: unknown) => error)
    expect(await refusal(pattern(3))).to.be.instanceOf(TypeError)
    expect(await refusal('text')).to.be.instanceOf(TypeError)
    const unknown: unknown = await near.sendLong(source(1, [pattern(1)]), 'nobody').catch((error: unknown) => error)
    expect(unknown).to.include({ code: 'ERR_PEER_UNKNOWN' })
  })

  it('is cut when its peer is closed by us, which its reader is told, and holds up nothing', async () => {
    for (const isRead of [true, false]) {
      const { near, far, toFar } = lab.pair({}, { framing })
      const sent = near.sendLong(source(2_000_000, [pattern(1_000_000)]), toFar).catch((error: unknown) => error)
      const loop = far.readRaw()
      const long = (await loop.next()).value!.stream!
      const read = isRead ? bytesOf(long).catch((error: unknown) => error) : undefined
      const startedMs = performance.now()
      await far.close()
      expect(performance.now() - startedMs).to.be.lessThan(1000)
      if (isRead) expect(await read).to.include({ code: 'ERR_PEER_GONE' })
      expect(long.destroyed).to.equal(true)
      await near.close()
      await sent
    }
  })

  it('reports one that handlers cannot take, and goes on', async () => {
    const { near, far, toFar } = lab.pair({ framing }, { framing })
    const handled: string[] = []
    const done = new Promise<void>((resolve) => {
      far.addHandler(0, (_from, _type, data) => {
        handled.push(Buffer.from(data).toString())
        resolve()
      })
    })
    const reported = once(far, 'error')
    await near.sendLong(source(2000, [pattern(2000)]), toFar)
    near.send(text('short'), toFar)
    expect((await reported)[0]).to.be.instanceOf(RangeError)
    await done
    expect(handled).to.deep.equal(['short'])
  })
})
