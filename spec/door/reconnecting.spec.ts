import { expect } from 'chai'
import { getEventListeners } from 'node:events'
import { type Duplex, duplexPair } from 'node:stream'
import { type Address, BaseNode, memory, type Peer, PeerNode, type PeerNodeOptions } from '../../lib/index.js'
import { Random } from '../../lib/testing/random.js'
import { Clock } from '../support/clock.js'
import { arrival, departure, Lab, rejectionOf, settled } from '../support/lab.js'
import { seed } from '../support/property.js'
import { PuppetTransport } from '../support/puppet-transport.js'

const endpoint = { host: 'puppet', port: 1 }

describe('reconnecting', () => {
  const lab = new Lab()
  const clock = new Clock()
  const { random } = Math
  // Every delay is as long as it may be, unless a spec says otherwise.
  beforeEach(() => {
    Math.random = () => 1
  })
  afterEach(() => {
    Math.random = random
  })

  interface Scene {
    readonly node: BaseNode
    readonly transport: PuppetTransport
    /** What `reconnecting` has told. */
    readonly told: [endpoint: Address, attempt: number, delayMs: number][]
    /** Answers the dial that came last. */
    readonly answer: () => Duplex
    readonly refuse: () => Promise<void>
  }

  const open = (options: PeerNodeOptions = { reconnect: true }): Scene => {
    const transport = new PuppetTransport()
    const node = lab.keep(new BaseNode(options, [transport]))
    lab.later(() => transport.clear())
    const told: Scene['told'] = []
    node.on('reconnecting', (...values) => told.push(values))
    const answer = (): Duplex => {
      const [inside] = duplexPair()
      transport.dials.at(-1)!.answer(inside)
      return inside
    }
    const refuse = async (): Promise<void> => {
      transport.dials.at(-1)!.fail(new Error('refused'))
      await settled()
    }
    return { node, transport, told, answer, refuse }
  }

  const connected = async ({ node, answer }: Scene): Promise<{ peer: Peer; duplex: Duplex }> => {
    const dialled = node.connectTo(endpoint)
    await settled()
    const duplex = answer()
    return { peer: await dialled, duplex }
  }

  const leave = async ({ node }: Scene, duplex: Duplex): Promise<void> => {
    const gone = departure(node)
    duplex.destroy()
    await gone
    await settled()
  }

  it('dials until the first peer is there, and resolves with that', async () => {
    const scene = open()
    const dialled = scene.node.connectTo(endpoint)
    await settled()
    for (const delayMs of [100, 200, 400]) {
      await scene.refuse()
      expect(scene.told.at(-1)).to.deep.equal([endpoint, scene.told.length, delayMs])
      const before = scene.transport.dials.length
      clock.advance(delayMs - 1)
      await settled()
      expect(scene.transport.dials).to.have.lengthOf(before)
      clock.advance(1)
      await settled()
      expect(scene.transport.dials).to.have.lengthOf(before + 1)
    }
    scene.answer()
    expect(await dialled).to.include({ direction: 'outbound', isOpen: true })
  })

  it('dials again what has left, after that is told, and makes another Peer of it', async () => {
    const scene = open()
    const order: string[] = []
    const { peer, duplex } = await connected(scene)
    scene.node.on('disconnect', () => order.push('disconnect')).on('reconnecting', () => order.push('reconnecting'))
    await leave(scene, duplex)
    expect(order).to.deep.equal(['disconnect', 'reconnecting'])
    const joined = arrival(scene.node)
    clock.advance(100)
    await settled()
    scene.answer()
    const again = await joined
    expect(again).not.to.equal(peer)
    expect(again.endpoint).to.deep.equal(peer.endpoint)
    expect(scene.node.peers.size).to.equal(1)
  })

  it('takes any time below the limit, which begins anew only when a peer has stayed for maxMs', async () => {
    const scene = open({ reconnect: { minMs: 100, maxMs: 1000 } })
    let { duplex } = await connected(scene)
    const stay = async (ms: number): Promise<readonly number[]> => {
      clock.advance(ms)
      await leave(scene, duplex)
      const [, attempt, delayMs] = scene.told.at(-1)!
      clock.advance(delayMs)
      await settled()
      duplex = scene.answer()
      await settled()
      return [attempt, delayMs]
    }
    expect(await stay(999)).to.deep.equal([1, 100])
    expect(await stay(999)).to.deep.equal([2, 200])
    expect(await stay(0)).to.deep.equal([3, 400])
    Math.random = () => 0.5
    expect(await stay(0)).to.deep.equal([4, 400])
    expect(await stay(0)).to.deep.equal([5, 500])
    expect(await stay(1000)).to.deep.equal([1, 50])
  })

  it('dials again after whatever ended a peer: its end, its error, our own end()', async () => {
    const ends: ((peer: Peer, duplex: Duplex) => unknown)[] = [
      (_peer, duplex) => duplex.push(null),
      (_peer, duplex) => duplex.destroy(new Error('cable cut')),
      (_peer, duplex) => duplex.push(Buffer.from('ffffffff', 'hex')),
      (peer, duplex) => {
        peer.end()
        duplex.push(null)
      },
    ]
    for (const end of ends) {
      const scene = open()
      const { peer, duplex } = await connected(scene)
      const gone = departure(scene.node)
      end(peer, duplex)
      await settled()
      duplex.destroy()
      await gone
      await settled()
      clock.advance(100)
      await settled()
      expect(scene.transport.dials).to.have.lengthOf(2)
    }
  })

  describe('stops', () => {
    const stops: readonly (readonly [what: string, stop: (scene: Scene, peer: Peer) => unknown])[] = [
      ['at closePeer', ({ node }, peer) => node.closePeer(peer)],
      ['at peer.close', (_scene, peer) => peer.close()],
      ['at the close of the node', ({ node }) => node.close()],
    ]
    for (const [what, stop] of stops) {
      it(`${what}, before and after the peer has left, and keeps no timer`, async () => {
        for (const hasLeft of [false, true]) {
          const scene = open()
          const { peer, duplex } = await connected(scene)
          if (hasLeft) await leave(scene, duplex)
          expect(clock.running > 0, 'a worker waits for its hub').to.equal(hasLeft)
          const stopped = stop(scene, peer)
          await settled()
          duplex.destroy()
          await stopped
          await settled()
          expect(clock.running).to.equal(0)
          clock.advance(100_000)
          await settled()
          expect(scene.transport.dials).to.have.lengthOf(1)
          expect(scene.told).to.have.lengthOf(hasLeft ? 1 : 0)
        }
      })
    }

    it('at closePeer by a listener of peer, and of disconnect', async () => {
      for (const event of ['peer', 'disconnect'] as const) {
        const scene = open()
        scene.node.on(event, (peer: Peer) => void scene.node.closePeer(peer))
        const { duplex } = await connected(scene)
        await settled()
        if (!duplex.destroyed) await leave(scene, duplex)
        await settled()
        expect([clock.running, scene.told.length], event).to.deep.equal([0, 0])
      }
    })

    it('at closePeer of any peer that there was before, and leaves the one that is there', async () => {
      const scene = open()
      const { peer, duplex } = await connected(scene)
      await leave(scene, duplex)
      clock.advance(100)
      await settled()
      const second = scene.answer()
      await settled()
      await scene.node.closePeer(peer)
      expect(scene.node.peers.size).to.equal(1)
      await leave(scene, second)
      expect([clock.running, scene.transport.dials.length]).to.deep.equal([0, 2])
    })

    it('with its signal: while it dials, while it waits, and later', async () => {
      for (const when of ['dials', 'waits', 'later'] as const) {
        const scene = open()
        const controller = new AbortController()
        const { signal } = controller
        const dialled = scene.node.connectTo(endpoint, { signal }).catch((error: unknown) => error)
        await settled()
        if (when === 'waits') await scene.refuse()
        const duplex = when === 'later' ? scene.answer() : undefined
        await settled()
        controller.abort('enough')
        const outcome = await dialled
        if (duplex === undefined) expect(outcome).to.equal('enough')
        else await leave(scene, duplex)
        expect(getEventListeners(signal, 'abort')).to.be.empty
        clock.advance(100_000)
        await settled()
        expect(scene.transport.dials, when).to.have.lengthOf(1)
        expect(clock.running, when).to.equal(0)
      }
    })

    it('while the first dial has yet to succeed, when the node closes', async () => {
      const scene = open()
      const dialled = rejectionOf(scene.node.connectTo(endpoint))
      await settled()
      await scene.refuse()
      await scene.node.close()
      expect(await dialled).to.include({ code: 'ERR_NODE_CLOSED' })
      expect(clock.running).to.equal(0)
    })

    it('at a mistake of the caller, which is thrown at once', async () => {
      const scene = open()
      expect(await rejectionOf(scene.node.connectTo('nonsense'))).to.be.instanceOf(TypeError)
      const reconnect = { minMs: -1 }
      expect(await rejectionOf(scene.node.connectTo(endpoint, { reconnect }))).to.be.instanceOf(RangeError)
      const dialled = rejectionOf(scene.node.connectTo(endpoint))
      await settled()
      scene.transport.dials[0]!.fail(new TypeError('Cannot use certificate'))
      expect(await dialled).to.be.instanceOf(TypeError)
      expect(clock.running).to.equal(0)
    })
  })

  it('is for all of a node or for one dial, and off otherwise', async () => {
    const off = open({})
    expect(
      await rejectionOf(Promise.all([off.node.connectTo(endpoint), settled().then(() => off.refuse())])),
    ).to.include({
      message: 'refused',
    })
    const one = off.node.connectTo(endpoint, { reconnect: { minMs: 7 } })
    await settled()
    await off.refuse()
    expect(off.told).to.deep.equal([[endpoint, 1, 7]])
    clock.advance(7)
    await settled()
    off.answer()
    await one

    const on = open()
    const given = rejectionOf(on.node.connectTo(endpoint, { reconnect: false }))
    await settled()
    await on.refuse()
    expect(await given).to.have.property('message', 'refused')
  })

  it('tries again also what our own goodPeer refuses, or does not answer in time', async () => {
    let answer: boolean | undefined = false
    const scene = open({
      reconnect: true,
      handshakeTimeoutMs: 50,
      goodPeer: () => answer ?? new Promise<boolean>(() => {}),
    })
    const dialled = scene.node.connectTo(endpoint)
    await settled()
    scene.answer()
    await settled()
    answer = undefined
    clock.advance(100)
    await settled()
    scene.answer()
    await settled()
    clock.advance(50)
    await settled()
    answer = true
    clock.advance(200)
    await settled()
    scene.answer()
    expect(await dialled).to.include({ isOpen: true })
    expect(scene.told.map(([, attempt]) => attempt)).to.deep.equal([1, 2])
  })

  it('has no more than atOnce dials of a node under way', async () => {
    const scene = open({ reconnect: { atOnce: 3 } })
    const dialled = Array.from({ length: 10 }, (_, port) => scene.node.connectTo({ host: 'puppet', port }))
    await settled()
    expect(scene.transport.dials).to.have.lengthOf(3)
    for (let done = 0; done < 10; done++) {
      expect(scene.transport.dials).to.have.lengthOf(Math.min(3 + done, 10))
      scene.transport.dials[done]!.answer(duplexPair()[0])
      await settled()
    }
    await Promise.all(dialled)
    const left = scene.transport.duplexes.map((duplex) => duplex.destroy())
    while (scene.node.peers.size > 0) await settled()
    clock.advance(100)
    await settled()
    expect(scene.transport.dials.length - left.length).to.equal(3)
  })

  it('is part of start(), which waits for the first peers, and called again does not dial what is dialled again', async () => {
    const scene = open({ reconnect: true, connect: [endpoint, 'puppet:2'] })
    const started = scene.node.start()
    await settled()
    scene.transport.dials[0]!.answer(duplexPair()[0])
    await scene.refuse()
    expect(scene.told).to.deep.equal([[{ host: 'puppet', port: 2 }, 1, 100]])
    clock.advance(100)
    await settled()
    const duplex = scene.answer()
    await started
    expect(scene.node.peers.size).to.equal(2)
    await leave(scene, duplex)
    await scene.node.start()
    expect(scene.transport.dials).to.have.lengthOf(3)
    clock.advance(200)
    await settled()
    expect(scene.transport.dials).to.have.lengthOf(4)
  })

  it('tells the logger, with the reason', async () => {
    const sentences: string[] = []
    const scene = open({ reconnect: true, logger: { info: (...values) => sentences.push(String(values.at(-1))) } })
    void scene.node.connectTo(endpoint).catch(() => undefined)
    await settled()
    await scene.refuse()
    expect(sentences).to.deep.equal(['Dialling puppet:1 again in 100 ms (attempt 1): refused'])
  })

  describe('of a thousand clients whose server has died', () => {
    const CLIENTS = 1000
    const DOWN_MS = 60_000

    it(`spreads their dials, which become few, and has all back within maxMs (SEED=${seed})`, async function () {
      this.timeout(60_000)
      const numbers = new Random(seed)
      Math.random = () => numbers.below(2 ** 32) / 2 ** 32
      const url = 'memory:storm'
      const dialledMs: number[] = []
      const counted = {
        ...memory,
        connect: (...values: Parameters<typeof memory.connect>) => {
          dialledMs.push(performance.now())
          return memory.connect(...values)
        },
      }
      const hub = new PeerNode()
      await hub.startServer(url)
      const clients = Array.from({ length: CLIENTS }, () => {
        return lab.keep(new BaseNode({ connect: url, reconnect: true }, [counted]))
      })
      await Promise.all(clients.map((client) => client.start()))
      dialledMs.length = 0
      await hub.close()
      while (clients.some(({ peers }) => peers.size > 0)) await settled()
      const run = async (ms: number): Promise<void> => {
        for (let i = 0; i < ms / 10; i++) {
          clock.advance(10)
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      await run(DOWN_MS)
      const within = (fromMs: number, toMs: number): number =>
        dialledMs.filter((ms) => ms >= fromMs && ms < toMs).length
      const perSecond = Array.from({ length: DOWN_MS / 1000 }, (_, i) => within(i * 1000, i * 1000 + 1000))
      // Without jitter all would dial in the same 10 ms, again and again.
      const peak = Math.max(...Array.from({ length: DOWN_MS / 10 }, (_, i) => within(i * 10, i * 10 + 10)))
      expect(peak, 'most dials in 10 ms').to.be.lessThan(CLIENTS / 5)
      // 100, 200, 400 … ms: about four attempts in the first second, and then one each 15 s.
      expect(perSecond[0]).to.be.within(2 * CLIENTS, 6 * CLIENTS)
      expect(Math.max(...perSecond.slice(20)), 'most dials in a second, later').to.be.lessThan(CLIENTS / 4)
      expect(dialledMs.length / CLIENTS, 'dials of each').to.be.lessThan(14)

      const risen = lab.node()
      await risen.startServer(url)
      await run(30_000)
      expect(risen.peers.size).to.equal(CLIENTS)
      expect(clients.every(({ peers }) => peers.size === 1)).to.equal(true)
    })
  })
})
