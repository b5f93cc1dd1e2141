import { expect } from 'chai'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { encodeFrame, type PeerNode } from '../../lib/index.js'
import { toHex } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { departure, Lab, receiveText, settled } from '../support/lab.js'

const frame = (text: string): Buffer => Buffer.from(encodeFrame(Buffer.from(text)))

/** Everything that a node says to the end of its side. */
async function answerOn(wire: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  wire.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(wire, 'end')
  return Buffer.concat(chunks)
    .toString('latin1')
    .replaceAll(/[^a-z ]/g, '')
}

describe('a peer that has ended its side', () => {
  const lab = new Lab()

  describe('is answered', () => {
    it('by handlers that take their time, and only then by our end', async () => {
      const node = lab.node()
      node.addHandler(0, async (from, _type, question) => {
        await settled()
        node.send(Buffer.from(`answer to ${Buffer.from(question).toString()} `), from)
      })
      const { wire } = lab.attach(node)
      wire.end(Buffer.concat([frame('one'), frame('two')]))
      const gone = departure(node)
      expect(await answerOn(wire)).to.equal('answer to one answer to two ')
      expect((await gone).reason).to.equal(undefined)
    })

    it('by a loop, whose body has all the time until it comes back', async () => {
      const node = lab.node()
      const loop = (async () => {
        for await (const { data, from } of node.readRaw()) {
          for (let i = 0; i < 10; i++) await setImmediate()
          expect(from.isOpen).to.be.true
          from.send(Buffer.from(`answer to ${data.toString()} `))
        }
      })()
      const { wire } = lab.attach(node)
      wire.end(Buffer.concat([frame('one'), frame('two')]))
      expect(await answerOn(wire)).to.equal('answer to one answer to two ')
      await node.close()
      await loop
    })

    it('by a loop over batches', async () => {
      const node = lab.node()
      const loop = (async () => {
        for await (const batch of node.readRawBatches()) {
          await settled()
          for (const { from } of batch) from.send(Buffer.from('answer '))
        }
      })()
      const { wire } = lab.attach(node)
      wire.end(Buffer.concat([frame('one'), frame('two')]))
      expect(await answerOn(wire)).to.equal('answer answer ')
      await node.close()
      await loop
    })

    it('by the end alone, at once, where it has said nothing or nothing reads; what it said stays readable', async () => {
      const node = lab.node()
      for (const bytes of ['', frame('unread')]) {
        const { wire } = lab.attach(node)
        const gone = departure(node)
        wire.end(bytes)
        expect(await answerOn(wire)).to.equal('')
        expect((await gone).reason).to.equal(undefined)
      }
      expect(await receiveText(node, 1)).to.deep.equal(['unread'])
    })

    it('by the end when the loop is left', async () => {
      const node = lab.node()
      const { wire } = lab.attach(node)
      wire.end(Buffer.concat([frame('one'), frame('two')]))
      for await (const { from } of node.readRaw()) {
        await settled()
        from.send(Buffer.from('last'))
        break
      }
      expect(await answerOn(wire)).to.equal('last')
      expect(await receiveText(node, 1)).to.deep.equal(['two'])
    })

    it('with all that waits, although it does not take it at once', async () => {
      const node = lab.node()
      node.addHandler(0, (from) => {
        for (let i = 0; i < 100; i++) node.send(Buffer.alloc(10_000, 97), from)
      })
      const { wire } = lab.attach(node)
      wire.end(frame('much, please'))
      for (let i = 0; i < 10; i++) await settled()
      expect(await answerOn(wire)).to.have.lengthOf.at.least(1_000_000)
    })
  })

  it('can be answered for as long as halfOpen says, and is ended by end() or close()', async () => {
    const node = lab.node({ halfOpen: true })
    const { wire, peer } = lab.attach(node)
    wire.end(frame('question'))
    expect(await receiveText(node, 1)).to.deep.equal(['question'])
    for (let i = 0; i < 10; i++) await settled()
    expect(peer.isOpen).to.be.true
    peer.send(Buffer.from('answer'))
    const gone = departure(node)
    peer.end()
    expect(await answerOn(wire)).to.equal('answer')
    expect((await gone).reason).to.equal(undefined)

    const other = lab.attach(node)
    other.wire.end()
    await settled()
    expect(other.peer.isOpen).to.be.true
    const closed = other.peer.close()
    other.wire.resume()
    await closed
  })

  it('may have been ended by us before: what it says is read to its end', async () => {
    const node = lab.node()
    const { wire, peer } = lab.attach(node)
    const loop = receiveText(node, 2)
    peer.send(Buffer.from('goodbye'))
    peer.end()
    expect(peer.isOpen).to.be.false
    expect(await answerOn(wire)).to.equal('goodbye')
    wire.write(frame('one'))
    await settled()
    const gone = departure(node)
    wire.end(frame('two'))
    expect(await loop).to.deep.equal(['one', 'two'])
    expect((await gone).reason).to.equal(undefined)
  })

  describe('in time', () => {
    const clock = new Clock()

    // A handler that never settles, and a peer that has ended.
    async function unanswered(node: PeerNode): Promise<Duplex> {
      node.addHandler(0, () => new Promise<void>(() => {}))
      const { wire } = lab.attach(node)
      wire.end(frame('question'))
      await settled()
      return wire.resume()
    }

    it('waits for its answer no longer than timeoutMs', async () => {
      const node = lab.node({ timeoutMs: 100, closeTimeoutMs: 10 })
      const wire = await unanswered(node)
      clock.advance(99)
      expect(wire.readableEnded).to.be.false
      clock.advance(1)
      await settled()
      expect(wire.readableEnded).to.be.true
    })

    it('waits a minute where a peer may be silent for ever', async () => {
      const wire = await unanswered(lab.node({ closeTimeoutMs: 10 }))
      clock.advance(59_999)
      expect(wire.readableEnded).to.be.false
      clock.advance(1)
      await settled()
      expect(wire.readableEnded).to.be.true
    })
  })

  it('is seen as ended over TCP too, by whatever dialled', async () => {
    const { node, address } = await lab.listen()
    node.addHandler(0, async (from) => {
      await setImmediate()
      from.send(Buffer.from([1, 2, 3]))
    })
    const socket = await lab.dial(address)
    socket.end(frame('hi'))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'end')
    expect(toHex(Buffer.concat(chunks))).to.equal('00 00 00 03 01 02 03')
  })
})
