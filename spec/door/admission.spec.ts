import { expect } from 'chai'
import { PeerNode, type PeerNodeOptions } from '../../lib/index.js'
import { departure, Lab, rejectionOf, settled, thrownBy } from '../support/lab.js'

describe('admission', () => {
  const lab = new Lab()

  const answers: readonly unknown[] = [false, undefined, null, 0, 1, 'true', {}, new Error('no')]
  for (const answer of answers) {
    for (const isAsync of [false, true]) {
      it(`lets in nothing for an answer of ${String(answer)}${isAsync ? ', later' : ''}, both ways`, async () => {
        const goodPeer = (() => (isAsync ? Promise.resolve(answer) : answer)) as PeerNodeOptions['goodPeer']
        const strict = lab.node({ goodPeer })
        const address = await strict.startServer('memory:')
        const open = lab.node()
        const gone = departure(open)
        await open.connectTo(address)
        await gone
        expect(strict.peers.size).to.equal(0)
        const welcoming = await open.startServer('memory:')
        expect(await rejectionOf(strict.connectTo(welcoming))).to.include({
          name: 'PeerError',
          code: 'ERR_PEER_REFUSED',
        })
        expect(strict.peers.size).to.equal(0)
      })
    }
  }

  it('lets in for true, and for a promise of it', async () => {
    for (const goodPeer of [() => true, () => Promise.resolve(true)]) {
      const node = lab.node({ goodPeer })
      const other = lab.node()
      await other.connectTo(await node.startServer('memory:'))
      await node.connectTo(await other.startServer('memory:'))
      await settled()
      expect(node.peers.size).to.equal(2)
    }
  })

  it('reports what goodPeer throws as a refusal, once, and goes on', async () => {
    const warnings: string[] = []
    const node = lab.node({
      goodPeer: () => {
        throw new Error('not my day')
      },
      logger: { warn: (_fields, sentence) => warnings.push(sentence) },
    })
    const address = await node.startServer('memory:')
    const other = lab.node()
    for (let i = 0; i < 2; i++) {
      const gone = departure(other)
      await other.connectTo(address)
      await gone
    }
    expect(warnings).to.deep.equal(
      Array<string>(2).fill(
        `Refused memory:${address.url?.slice(7) ?? ''}: Cannot accept ${address.url ?? ''}: goodPeer threw: not my day`,
      ),
    )
  })

  it('refuses a duplex that is a peer already, of the same node or another one', async () => {
    const [one, other] = [lab.node(), lab.node()]
    const [near] = lab.duplexes()
    one.attach(near)
    for (const node of [one, other]) {
      expect(thrownBy(() => node.attach(near)))
        .to.be.instanceOf(TypeError)
        .with.property('message', 'Cannot attach: the duplex is a peer already')
    }
    expect([one.peers.size, other.peers.size]).to.deep.equal([1, 0])
  })

  it('refuses an id that is none, or that a peer has', () => {
    const node = lab.node()
    const [first, second] = [lab.duplexes()[0], lab.duplexes()[0]]
    node.attach(first, { id: 'ada' })
    expect(thrownBy(() => node.attach(second, { id: 'ada' }))).to.be.instanceOf(RangeError)
    expect(thrownBy(() => node.attach(second, { id: '' }))).to.be.instanceOf(TypeError)
    expect(thrownBy(() => node.attach(second, { id: 7 as unknown as string }))).to.be.instanceOf(TypeError)
    expect(node.attach(second, { id: 'grace' }).id).to.equal('grace')
  })

  it('takes time that grows with the number of peers, and no faster, although all have one address', async () => {
    const node = new PeerNode()
    const add = async (count: number): Promise<number> => {
      const startedMs = performance.now()
      for (let i = 0; i < count; i++) node.attach(lab.duplexes()[0])
      await settled()
      return performance.now() - startedMs
    }
    await add(500)
    const [few, many] = [await add(1000), await add(4000)]
    expect(many / few).to.be.lessThan(12)
    expect(new Set(node.peers.keys())).to.have.lengthOf(5500)
  })
})
