import { expect } from 'chai'
import { encodeFrame, type Peer, PeerNode, type Recipients } from '../../lib/index.js'
import { text } from '../support/bytes.js'
import { Lab, settled, thrownBy } from '../support/lab.js'

describe('groups', () => {
  const lab = new Lab()

  /** A node with peers, and the words that arrived at each. */
  function open(count: number, node: PeerNode = lab.node()) {
    const heard: string[][] = []
    const peers: Peer[] = []
    for (let i = 0; i < count; i++) {
      const { peer, wire } = lab.attach(node)
      const words: string[] = []
      heard.push(words)
      peers.push(peer)
      let bytes = Buffer.alloc(0)
      wire.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk])
        while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
          const end = 4 + bytes.readUInt32BE()
          words.push(bytes.toString('utf8', 4, end))
          bytes = bytes.subarray(end)
        }
      })
    }
    return { node, peers, heard }
  }

  const kinds: Record<string, (peers: Peer[]) => Recipients> = {
    'an array of peers': ([one, , three]) => [one!, three!],
    'ids, and one of them twice': ([one, , three]) => new Set([one!.id, three!.id, one!.id]),
    'a generator': function* ([one, , three]) {
      yield one!
      yield three!.id
    } as (peers: Peer[]) => Recipients,
    'all but one': ([, two]) => ({ except: two! }),
    'all but an id': ([, two]) => ({ except: two!.id }),
  }
  for (const [kind, choose] of Object.entries(kinds)) {
    it(`get a message and a frame once each, as ${kind}, in order with all else`, async () => {
      const { node, peers, heard } = open(3)
      node.send(text('to all'))
      expect(node.send(text('to some'), choose(peers))).to.equal(true)
      node.sendRaw(encodeFrame(text('a frame')), choose(peers))
      peers[0]!.send(text('to one'))
      node.send(text('to all again'))
      await settled()
      expect(heard).to.deep.equal([
        ['to all', 'to some', 'a frame', 'to one', 'to all again'],
        ['to all', 'to all again'],
        ['to all', 'to some', 'a frame', 'to all again'],
      ])
    })
  }

  it('are encoded once where that is one way for all', () => {
    let count = 0
    class Node extends PeerNode {
      protected override encodeMsg(message: Uint8Array): Uint8Array {
        count++
        return super.encodeMsg(message)
      }
    }
    const { node, peers } = open(3, lab.keep(new Node()))
    node.send(text('x'), peers)
    expect(count).to.equal(1)
  })

  it('get nothing if one of them is unknown', async () => {
    const { node, peers, heard } = open(2)
    expect(thrownBy(() => node.send(text('x'), [peers[0]!, 'nobody']))).to.include({ code: 'ERR_PEER_UNKNOWN' })
    expect(thrownBy(() => node.send(text('x'), { except: 'nobody' }))).to.include({ code: 'ERR_PEER_UNKNOWN' })
    await settled()
    expect(heard).to.deep.equal([[], []])
  })

  it('answer false when one of them has enough, or has left, and drained() then tells', async () => {
    const { node, peers } = open(1)
    const [{ peer: slow }, { peer: left, wire }] = [lab.attach(node), lab.attach(node)]
    expect(node.send(Buffer.alloc(1_000_000), [peers[0]!, slow])).to.equal(false)
    expect(await node.drained([peers[0]!])).to.equal(true)
    wire.destroy()
    left.close().catch(() => undefined)
    await settled()
    expect(node.send(text('x'), [peers[0]!, left])).to.equal(false)
    expect(left.stats.dropped).to.equal(1)
    expect(await node.drained([peers[0]!, left])).to.equal(false)
  })

  it('may be empty', async () => {
    const { node } = open(1)
    expect(node.send(text('x'), [])).to.equal(true)
    expect(await node.drained([])).to.equal(true)
  })

  it('are refused when they are none', () => {
    const { node } = open(1)
    for (const to of [5, {}, { except: 5 }, [5], null]) {
      expect(thrownBy(() => node.send(text('x'), to as unknown as Recipients))).to.be.an.instanceOf(TypeError)
    }
  })
})
