import { expect } from 'chai'
import { Channel, channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type DiagnosticsChannels, encodeFrame, PeerError, PeerNode } from '../../lib/index.js'
import { observersOf } from '../../lib/observe/observers.js'
import { hex, text } from '../support/bytes.js'
import { departure, Lab, receiveText, rejectionOf, settled } from '../support/lab.js'

type Name = keyof DiagnosticsChannels

describe('channels', () => {
  const lab = new Lab()

  /** What a channel tells of a node, until the spec is over. */
  function told<Of extends Name>(name: Of, node: PeerNode): Omit<DiagnosticsChannels[Of], 'node'>[] {
    const payloads: Omit<DiagnosticsChannels[Of], 'node'>[] = []
    hear(name, (payload) => {
      const { node: where, ...rest } = payload as DiagnosticsChannels[Of]
      if (where === node) payloads.push(rest)
    })
    return payloads
  }

  function hear(name: Name, subscriber: (payload: unknown) => void): void {
    subscribe(name, subscriber)
    lab.later(() => unsubscribe(name, subscriber))
  }

  it('tell of a connection before goodPeer is asked, and of a peer once it is one', async () => {
    const story: string[] = []
    const goodPeer = (): boolean => story.push('goodPeer') > 0
    const { node, address } = await lab.listen({ goodPeer })
    const client = lab.node()
    const [accepted, dialled] = [told('lengthwise:connect', node), told('lengthwise:connect', client)]
    const [admitted, joined] = [told('lengthwise:admit', node), told('lengthwise:admit', client)]
    hear('lengthwise:connect', (payload) =>
      story.push((payload as DiagnosticsChannels['lengthwise:connect']).direction),
    )
    const peer = await client.connectTo(address)
    await receiveAny(client, node)
    const [remote] = node.peers.values()
    expect(dialled).to.deep.equal([{ address, direction: 'outbound', endpoint: address }])
    expect(accepted).to.deep.equal([{ address: remote!.address, direction: 'inbound', endpoint: undefined }])
    expect([admitted, joined]).to.deep.equal([[{ peer: remote }], [{ peer }]])
    expect(story.indexOf('inbound')).to.be.lessThan(story.indexOf('goodPeer'))
  })

  it('tell whom the node refuses, and why', async () => {
    const { node, address } = await lab.listen({ goodPeer: () => false })
    const [refused, admitted] = [told('lengthwise:refuse', node), told('lengthwise:admit', node)]
    const client = lab.node()
    const gone = departure(client)
    await client.connectTo(address)
    await gone
    expect(refused).to.have.lengthOf(1)
    expect(refused[0]).to.include({ reason: 'good-peer' })
    expect(refused[0]?.name).to.match(/^127\.0\.0\.1:\d+$/)
    expect(refused[0]?.error).to.be.instanceOf(PeerError).and.include({ code: 'ERR_PEER_REFUSED' })
    expect(admitted).to.deep.equal([])
  })

  it('tell of attached duplexes once they are peers, and of peers that leave', async () => {
    const node = lab.node()
    const [connected, admitted] = [told('lengthwise:connect', node), told('lengthwise:admit', node)]
    const left = told('lengthwise:disconnect', node)
    const one = lab.attach(node)
    const gone = departure(node)
    one.wire.resume().end()
    await gone
    const other = lab.attach(node)
    const failed = departure(node)
    other.wire.write(hex('ff ff ff ff'))
    const { reason } = await failed
    expect(connected).to.deep.equal([])
    expect(admitted).to.deep.equal([{ peer: one.peer }, { peer: other.peer }])
    expect(left).to.deep.equal([
      { peer: one.peer, reason: undefined },
      { peer: other.peer, reason },
    ])
  })

  it('tell of every message that comes, before it is handed over', async () => {
    const node = lab.node({ framing: { streamAbove: 8 } })
    const messages = told('lengthwise:message-in', node)
    const { peer, wire } = lab.attach(node)
    const toldBefore: number[] = []
    node.addHandler(0, () => void toldBefore.push(messages.length))
    wire.write(Buffer.concat([encodeFrame(text('one')), encodeFrame(text(''))]))
    await settled()
    wire.write(encodeFrame(text('a long one')))
    await settled()
    expect(messages).to.deep.equal([
      { peer, data: Buffer.from('one'), length: 3 },
      { peer, data: Buffer.from(''), length: 0 },
      { peer, data: undefined, length: 10 },
    ])
    expect(toldBefore).to.deep.equal([2, 2])
  })

  it('tell of every message that is taken, for each peer that it goes to', async () => {
    const node = lab.node()
    const messages = told('lengthwise:message-out', node)
    const [one, other, ended] = [lab.attach(node), lab.attach(node), lab.attach(node)]
    ended.peer.end()
    const [message, frame] = [text('hello'), encodeFrame(text('framed'))]
    node.send(message, one.peer)
    one.peer.sendRaw(frame)
    ended.peer.send(message)
    node.send(message)
    node.sendRaw(frame)
    const sent = messages.map(({ peer, data, length }) => [peer.id, data, length])
    expect(sent).to.deep.equal([
      [one.peer.id, message, 5],
      [one.peer.id, frame, 10],
      [one.peer.id, message, 5],
      [other.peer.id, message, 5],
      [one.peer.id, frame, 10],
      [other.peer.id, frame, 10],
    ])
  })

  it('tell of a message in pieces by its length, and of none that cannot be framed', async () => {
    const node = lab.node({ framing: { maxMessageLength: 9 } })
    const messages = told('lengthwise:message-out', node)
    const { peer, wire } = lab.attach(node)
    wire.resume()
    const pieces = [text('in '), text('pieces')]
    await peer.sendLong({ length: 9, [Symbol.iterator]: () => pieces[Symbol.iterator]() })
    expect(() => peer.send(text('much too long'))).to.throw('Cannot write message')
    const refused = peer.sendLong({ length: 10, [Symbol.iterator]: () => pieces[Symbol.iterator]() })
    expect(await rejectionOf(refused)).to.have.property('code', 'ERR_MESSAGE_TOO_LARGE')
    expect(messages).to.deep.equal([{ peer, data: undefined, length: 9 }])
  })

  it('tell of lost messages: those that were not sent, and those that came in vain', async () => {
    const node = lab.node({ closeTimeoutMs: 50 })
    const dropped = told('lengthwise:drop', node)
    const { peer, wire } = lab.attach(node)
    const closed = peer.close()
    peer.send(text('too late'))
    wire.write(Buffer.concat([encodeFrame(text('in')), encodeFrame(text('vain'))]))
    wire.resume().end()
    await closed
    expect(dropped).to.deep.equal([
      { peer, count: 1, isUnsent: true },
      { peer, count: 2, isUnsent: false },
    ])
  })

  it('tell when enough waits for a peer, and when it has room', async () => {
    const node = lab.node()
    const congested = told('lengthwise:congested', node)
    const { peer, wire } = lab.attach(node)
    while (node.send(Buffer.alloc(4096), peer));
    expect(congested).to.deep.equal([{ peer, isCongested: true }])
    wire.resume()
    await node.drained(peer)
    expect(congested).to.deep.equal([
      { peer, isCongested: true },
      { peer, isCongested: false },
    ])
  })

  it('tell what is dialled again', () => {
    const node = new PeerNode()
    const again = told('lengthwise:reconnect', node)
    const cause = new Error('nothing there')
    observersOf(node, undefined, {}).reconnecting({ port: 9000 }, 2, 250, cause)
    expect(again).to.deep.equal([{ endpoint: { port: 9000 }, attempt: 2, delayMs: 250, cause }])
  })

  it('tell a subscriber from the moment on when there is one, until there is none', async () => {
    const { near, far } = lab.pair()
    const messages: unknown[] = []
    const subscriber = (payload: unknown): void => {
      if ((payload as { node: unknown }).node === far) messages.push(payload)
    }
    const say = async (): Promise<number> => {
      near.send(text('hello'))
      await receiveText(far, 1)
      return messages.length
    }
    const counts = [await say()]
    subscribe('lengthwise:message-in', subscriber)
    counts.push(await say())
    unsubscribe('lengthwise:message-in', subscriber)
    counts.push(await say())
    expect(counts).to.deep.equal([0, 1, 1])
  })

  describe('without subscribers', () => {
    it('publish nothing, and so make no payload, while peers come, talk, lose messages and leave', async () => {
      const answers = [true, false]
      const { node, address } = await lab.listen({ goodPeer: () => answers.shift()! })
      const client = lab.node()
      const connect = channel('lengthwise:connect')
      expect(connect.hasSubscribers).to.be.false
      const published = countPublished()
      const peer = await client.connectTo(address)
      for (let i = 0; i < 500; i++) client.send(text(String(i)), peer)
      for (let i = 0; i < 500; i++) client.send(text(String(i)))
      await receiveText(node, 1000)
      while (client.send(Buffer.alloc(65_536), peer));
      const refused = departure(client)
      await client.connectTo(address)
      await refused
      await Promise.all([node.close(), client.close()])
      peer.send(text('too late'))
      expect(node.stats()).to.deep.include({ joined: 1, refused: { 'good-peer': 1 } })
      expect([client.stats().dropped > 0, published()]).to.deep.equal([true, 0])
      // It would have been counted.
      connect.publish({})
      expect(published()).to.equal(1)
    })

    // Channels without subscribers are of this class, and others of another one.
    function countPublished(): () => number {
      let count = 0
      const before = Object.getOwnPropertyDescriptor(Channel.prototype, 'publish')!
      const value = (): void => {
        count++
      }
      Object.defineProperty(Channel.prototype, 'publish', { ...before, value })
      lab.later(() => Object.defineProperty(Channel.prototype, 'publish', before))
      return () => count
    }
  })

  describe('whose subscriber throws', () => {
    it('cost no peer anything: Node makes an uncaughtException of it, and all that follows happens', async () => {
      const faults: unknown[] = []
      const listeners = process.rawListeners('uncaughtException') as NodeJS.UncaughtExceptionListener[]
      process.removeAllListeners('uncaughtException')
      process.on('uncaughtException', (error) => faults.push(error))
      lab.later(() => {
        process.removeAllListeners('uncaughtException')
        for (const listener of listeners) process.on('uncaughtException', listener)
      })
      const fault = new Error('in a subscriber')
      for (const name of ['admit', 'message-in', 'message-out', 'congested', 'disconnect'] as const) {
        hear(`lengthwise:${name}`, () => {
          throw fault
        })
      }
      const { near, far, toFar } = lab.pair()
      const messages = told('lengthwise:message-in', far)
      near.send(text('one'))
      near.send(text('two'))
      expect(await receiveText(far, 2)).to.deep.equal(['one', 'two'])
      while (near.send(Buffer.alloc(65_536), toFar));
      expect(toFar.isOpen).to.be.true
      const gone = departure(near)
      await Promise.all([near.close(), far.close(), gone])
      await settled()
      expect(messages.length).to.be.greaterThan(2)
      expect(new Set(faults)).to.deep.equal(new Set([fault]))
      expect(faults.length).to.be.greaterThan(8)
    })
  })

  async function receiveAny(from: PeerNode, to: PeerNode): Promise<void> {
    from.send(text('hello'))
    await receiveText(to, 1)
  }
})
