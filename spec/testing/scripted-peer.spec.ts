import { expect } from 'chai'
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { encodeFrame, PeerNode } from '../../lib/index.js'
import { LengthPrefixDecoder } from '../../lib/streams.js'
import { ScriptedPeer } from '../../lib/testing.js'
import { hex, text } from '../support/bytes.js'

const NINE = encodeFrame(text('hello'))

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing wrong',
    (error: unknown) => (error as Error).message,
  )
}

const readers: Record<string, (remote: ScriptedPeer, take: (chunk: Uint8Array) => void) => void> = {
  "'data'": ({ duplex }, take) => {
    duplex.on('data', take)
  },
  'read()': ({ duplex }, take) => {
    duplex.on('readable', () => {
      for (let chunk = duplex.read() as Buffer | null; chunk !== null; chunk = duplex.read() as Buffer | null)
        take(chunk)
    })
  },
  'for await': ({ duplex }, take) => {
    void (async () => {
      for await (const chunk of duplex) take(chunk as Buffer)
    })()
  },
  'a for await that rests': ({ duplex }, take) => {
    void (async () => {
      for await (const chunk of duplex) {
        take(chunk as Buffer)
        await nextTurn()
      }
    })()
  },
}

describe('ScriptedPeer', () => {
  for (const [name, read] of Object.entries(readers)) {
    it(`delivers slices to ${name} one by one, and then the end`, async () => {
      const remote = new ScriptedPeer()
      const lengths: number[] = []
      read(remote, ({ length }) => lengths.push(length))
      void remote.deliver(NINE, { sliceLength: 4 })
      await remote.deliver(NINE)
      await remote.deliver(hex(''))
      remote.end()
      await once(remote.duplex, 'end')
      expect(lengths).to.deep.equal([4, 4, 1, 9])
    })
  }

  it('resolves a delivery when the program has read it, and not before', async () => {
    const remote = new ScriptedPeer()
    let isDelivered = false
    const delivered = remote.deliver(NINE).then(() => (isDelivered = true))
    await nextTurn()
    expect(isDelivered).to.equal(false)
    remote.duplex.resume()
    await delivered
  })

  it('rejects a delivery that the program does not read, or that the connection does not outlive', async () => {
    const remote = new ScriptedPeer({ timeoutMs: 20 })
    remote.duplex.on('error', () => {})
    expect(await messageOf(remote.deliver(NINE))).to.equal('Cannot deliver 9 bytes: not read within 20 ms')
    const lost = remote.deliver(NINE)
    remote.reset()
    expect(await messageOf(lost)).to.equal('Cannot deliver: the connection is closed')
    expect(await messageOf(remote.deliver(NINE))).to.equal('Cannot deliver: the connection is closed')
  })

  it('resets with the error of a real connection, or with any other', async () => {
    for (const [error, code] of [
      [undefined, 'ECONNRESET'],
      [Object.assign(new Error(), { code: 'EPIPE' }), 'EPIPE'],
    ] as const) {
      const remote = new ScriptedPeer()
      remote.reset(error)
      const [reason] = (await once(remote.duplex, 'error')) as [unknown]
      expect(reason).to.include({ code })
    }
  })

  it('loses what was not read by a reset', async () => {
    const remote = new ScriptedPeer()
    let received = 0
    remote.duplex.on('data', ({ length }: Buffer) => (received += length))
    void remote.deliver(NINE, { sliceLength: 1 })
    await once(remote.duplex, 'data')
    remote.reset()
    await once(remote.duplex, 'error')
    expect(received).to.be.within(1, 2)
  })

  it('expects what the program writes, in order, in whatever pieces', async () => {
    const remote = new ScriptedPeer()
    const expected = remote.expect(NINE)
    for (const byte of NINE) remote.duplex.write(Uint8Array.of(byte))
    remote.duplex.end(hex('01 02 03'))
    await expected
    await remote.expect(hex('01'))
    expect(remote.written).to.deep.equal(Buffer.from([2, 3]))
    await remote.expect(hex('02 03'))
    await remote.expectEnd()
  })

  it('tells what was written instead, at the first byte that differs', async () => {
    const remote = new ScriptedPeer()
    remote.duplex.write(hex('00 01'))
    expect(await messageOf(remote.expect(hex('00 02 03 04')))).to.equal(
      'Expected the program to write 00 02 03 04, got 00 01',
    )
    expect(await messageOf(remote.expectEnd())).to.equal('Expected the program to write the end, got 00 01')
  })

  it('waits no longer than it is told for what is not written', async () => {
    const remote = new ScriptedPeer({ timeoutMs: 20 })
    const nothing = 'nothing more within 20 ms'
    expect(await messageOf(remote.expect(hex('01')))).to.equal(`Expected the program to write 01, got ${nothing}`)
    expect(await messageOf(remote.expectEnd())).to.equal(`Expected the program to write the end, got ${nothing}`)
    remote.duplex.end(hex('01'))
    expect(await messageOf(remote.expect(hex('01 02')))).to.equal(
      'Expected the program to write 01 02, got 01, then the end',
    )
  })

  it('takes nothing while it is stalled, and all of it afterwards', async () => {
    const remote = new ScriptedPeer()
    remote.stall()
    let written = 0
    while (remote.duplex.write(new Uint8Array(1000))) written++
    await nextTurn()
    expect(written).to.be.below(100)
    expect(remote.written).to.have.lengthOf(0)
    const drained = once(remote.duplex, 'drain')
    remote.resume()
    await drained
    expect(remote.written).to.have.lengthOf(1000 * (written + 1))
  })

  it('is a connection to a node', async () => {
    await using node = new PeerNode()
    const remote = new ScriptedPeer()
    const peer = node.attach(remote.duplex)
    const messages = node.readRaw()
    await remote.deliver(NINE, { sliceLength: 1 })
    expect(String((await messages.next()).value?.data)).to.equal('hello')
    node.send(text('hello'), peer)
    await remote.expect(NINE)
    const left = once(node, 'disconnect')
    await remote.deliver(NINE.subarray(0, 5))
    remote.reset()
    expect(((await left) as [unknown, Error])[1]).to.include({ code: 'ECONNRESET' })
  })

  it('pipes', async () => {
    const remote = new ScriptedPeer()
    void remote.deliver(NINE, { sliceLength: 2 })
    remote.end()
    expect((await remote.duplex.pipe(new LengthPrefixDecoder()).toArray()).map(String)).to.deep.equal(['hello'])
  })

  it('refuses what it cannot use', () => {
    expect(() => new ScriptedPeer({ timeoutMs: -1 })).to.throw(RangeError, 'timeoutMs')
    expect(() => void new ScriptedPeer().deliver(NINE, { sliceLength: 0 })).to.throw(RangeError, 'sliceLength')
  })
})
