import { expect } from 'chai'
import { BaseNode, type Connection, memory, type Peer, type PeerNodeOptions, type Transport } from '../../lib/index.js'
import { Clock } from '../support/clock.js'
import { Entrance } from '../support/entrance.js'
import { arrival, departure, Lab, rejectionOf, settled } from '../support/lab.js'

describe('duplicates', () => {
  const clock = new Clock()
  const ada = { identity: 'ada', ownIdentity: 'me' }

  it('are kept unless the node says otherwise', async () => {
    const entrance = new Entrance()
    for (let i = 0; i < 3; i++) await entrance.knock('a', ada)
    expect([entrance.peers.size, entrance.failed.length]).to.deep.equal([3, 0])
  })

  for (const duplicates of ['refuse', 'replace'] as const) {
    it(`are no two without an identity, or with another one (${duplicates})`, async () => {
      const entrance = new Entrance({ duplicates })
      for (let i = 0; i < 2; i++) await entrance.knock('a')
      for (const identity of ['b', 'c']) await entrance.knock('a', { identity })
      expect(entrance.peers.size).to.equal(4)
    })

    it(`are none when the one before has left, or is about to (${duplicates})`, async () => {
      const entrance = new Entrance({ duplicates })
      entrance.leave(await entrance.knock('a', ada))
      const closing = await entrance.knock('a', ada)
      Object.assign(closing, { isOpen: false })
      await entrance.knock('a', ada)
      expect(entrance.failed).to.be.empty
    })
  }

  it('are refused by "refuse", both ways, with the older one left alone', async () => {
    const entrance = new Entrance({ duplicates: 'refuse' })
    const first = await entrance.knock('a', ada)
    clock.advance(60_000)
    for (const direction of ['inbound', 'outbound'] as const) {
      expect(await rejectionOf(entrance.knock('a', ada, direction))).to.include({
        code: 'ERR_PEER_REFUSED',
        reason: 'duplicate',
      })
    }
    expect([...entrance.peers]).to.deep.equal([first])
  })

  it('take the place of the older one by "replace", which is told', async () => {
    const entrance = new Entrance({ duplicates: 'replace' })
    for (const direction of ['inbound', 'outbound'] as const) {
      const older = await entrance.knock('a', ada, direction)
      clock.advance(60_000)
      const newer = await entrance.knock('b', ada)
      const { peer, reason } = entrance.failed.at(-1)!
      expect(peer).to.equal(older)
      expect(reason).to.include({ code: 'ERR_PEER_REFUSED', reason: 'duplicate', peer: older.id })
      expect([...entrance.peers]).to.deep.equal([newer])
      entrance.leave(newer)
    }
  })

  it('are left to the side that accepts them, where the node dials', async () => {
    const entrance = new Entrance({ duplicates: 'replace' })
    await entrance.knock('a', ada)
    clock.advance(60_000)
    await entrance.knock('a', ada, 'outbound')
    expect([entrance.peers.size, entrance.failed.length]).to.deep.equal([2, 0])
  })

  // What each side has seen of two connections that were dialled at once, `a` by the smaller identity and `b` by the larger.
  const orders = [
    ['a', 'b'],
    ['b', 'a'],
  ] as const
  for (const duplicates of ['refuse', 'replace'] as const) {
    for (const atA of orders) {
      for (const atB of orders) {
        it(`of a dial from both sides leave the smaller one's: ${duplicates}, ${atA.join()} and ${atB.join()}`, async () => {
          const sides = [
            { order: atA, own: 'a', identity: 'b' },
            { order: atB, own: 'b', identity: 'a' },
          ]
          const left: string[] = []
          for (const { order, own, identity } of sides) {
            const entrance = new Entrance({ duplicates })
            for (const dialler of order) {
              const direction = dialler === own ? 'outbound' : 'inbound'
              await entrance
                .knock({ host: dialler, port: 1 }, { identity, ownIdentity: own }, direction)
                .catch(() => undefined)
            }
            left.push([...entrance.peers].map(({ id }) => id[0]).join(''))
          }
          // The larger one, which has accepted first, may wait for the smaller one to end the other.
          expect(left[0]).to.equal('a')
          expect(left[1]).to.be.oneOf(['a', 'ab'])
        })
      }
    }
  }

  it('of a dial from both sides leave one also where the sides do not agree on what is young', async () => {
    const open = async (own: string, identity: string, first: string): Promise<Entrance> => {
      const entrance = new Entrance({ duplicates: 'replace', handshakeTimeoutMs: 1000 })
      const direction = (dialler: string): 'inbound' | 'outbound' => (dialler === own ? 'outbound' : 'inbound')
      await entrance.knock(first, { identity, ownIdentity: own }, direction(first))
      clock.advance(own === 'a' ? 1000 : 999)
      const second = first === 'a' ? 'b' : 'a'
      await entrance.knock(second, { identity, ownIdentity: own }, direction(second)).catch(() => undefined)
      return entrance
    }
    for (const first of ['a', 'b']) {
      const hosts = (entrance: Entrance): string[] => [...entrance.peers].map(({ address }) => address!.host!)
      const [atA, atB] = [hosts(await open('a', 'b', first)), hosts(await open('b', 'a', first))]
      expect(atA.filter((host) => atB.includes(host))).not.to.be.empty
    }
  })
})

/** Memory connections whose two ends have proven who they are. */
function proven(ownIdentity: string, identity: string): Transport {
  const prove = (connection: Connection): Connection => ({ ...connection, identity, ownIdentity })
  return {
    ...memory,
    listen: (address, options) =>
      memory.listen(address, { ...options, onConnection: (connection) => options.onConnection(prove(connection)) }),
    connect: async (address, options) => prove(await memory.connect(address, options)),
  }
}

describe('two nodes that dial each other', () => {
  const lab = new Lab()
  const clock = new Clock()

  const run = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms; i++) {
      clock.advance(1)
      await settled()
    }
  }

  async function pair(options: PeerNodeOptions): Promise<{ nodes: BaseNode[]; dial: () => Promise<Peer | Error>[] }> {
    const names = ['ada', 'grace']
    const nodes = names.map((own, i) => lab.keep(new BaseNode(options, [proven(own, names[1 - i]!)])))
    const addresses = await Promise.all(nodes.map((node) => node.startServer('memory:')))
    const dial = (): Promise<Peer | Error>[] =>
      nodes.map((node, i) => node.connectTo(addresses[1 - i]!).catch((error: unknown) => error as Error))
    return { nodes, dial }
  }

  for (const duplicates of ['refuse', 'replace'] as const) {
    it(`at once have one connection, that of the smaller identity, and it works (${duplicates})`, async () => {
      for (let slow = 0; slow < 4; slow++) {
        // Answers that come in another order on each side.
        const goodPeer = async ({ direction }: { direction: string }): Promise<boolean> => {
          for (let i = 0; i < slow; i++) await settled()
          if (direction === 'outbound' && slow % 2 === 1) await settled()
          return true
        }
        const { nodes, dial } = await pair({ duplicates, ...(slow > 0 && { goodPeer }) })
        await Promise.all(dial())
        for (let i = 0; i < 8; i++) await settled()
        const [ada, grace] = nodes.map(({ peers }) => [...peers.values()])
        expect(
          ada!.map(({ direction }) => direction),
          `slow ${slow}`,
        ).to.deep.equal(['outbound'])
        expect(
          grace!.map(({ direction }) => direction),
          `slow ${slow}`,
        ).to.deep.equal(['inbound'])
        ada![0]!.send(Buffer.from('hello'))
        const { value } = await nodes[1]!.readRaw().next()
        expect(String(value?.data)).to.equal('hello')
      }
    })
  }

  it('one after the other have the newer one with "replace", and the older one is told on both sides', async () => {
    const { nodes } = await pair({ duplicates: 'replace', handshakeTimeoutMs: 1 })
    const [ada, grace] = nodes as [BaseNode, BaseNode]
    const older = await ada.connectTo(grace.address!)
    while (grace.peers.size === 0) await settled()
    clock.advance(5)
    const left = [departure(ada), departure(grace)]
    const newer = arrival(ada)
    await grace.connectTo(ada.address!)
    const [atAda] = await Promise.all(left)
    expect(atAda!.peer).to.equal(older)
    expect(atAda!.reason).to.include({ reason: 'duplicate' })
    expect([...ada.peers.values()]).to.deep.equal([await newer])
    expect(grace.peers.size).to.equal(1)
  })

  it('again and again, since both reconnect, come to rest with one connection', async () => {
    for (const duplicates of ['refuse', 'replace'] as const) {
      const { nodes, dial } = await pair({ duplicates, handshakeTimeoutMs: 40, reconnect: { minMs: 5, maxMs: 20 } })
      const dialled = dial()
      await Promise.race(dialled)
      await run(200)
      let changes = 0
      for (const node of nodes) node.on('peer', () => changes++).on('disconnect', () => changes++)
      await run(200)
      expect(nodes.map(({ peers }) => peers.size)).to.deep.equal([1, 1])
      if (duplicates === 'replace') expect(changes).to.equal(0)
      await Promise.all(nodes.map((node) => node.close()))
      await Promise.all(dialled)
    }
  })
})
