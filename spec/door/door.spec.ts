import { expect } from 'chai'
import { getEventListeners, once } from 'node:events'
import { type Duplex, duplexPair } from 'node:stream'
import { BaseNode, type PeerNodeOptions } from '../../lib/index.js'
import { Clock } from '../support/clock.js'
import { arrival, Lab, rejectionOf, settled } from '../support/lab.js'
import { PuppetTransport } from '../support/puppet-transport.js'

describe('Door', () => {
  const lab = new Lab()
  const endpoint = { host: 'puppet', port: 1 }
  const open = (options: PeerNodeOptions = {}): { node: BaseNode; transport: PuppetTransport } => {
    const transport = new PuppetTransport()
    const node = lab.keep(new BaseNode(options, [transport]))
    lab.later(() => {
      for (const duplex of transport.duplexes) duplex.destroy()
    })
    return { node, transport }
  }
  const answered = (): Duplex => {
    const [inside] = duplexPair()
    lab.later(() => inside.destroy())
    return inside
  }

  it('refuses endpoints for which there is no transport', async () => {
    const { node } = open()
    const refused = {
      name: 'TypeError',
      message: 'Cannot use endpoint: expected { port }, { path }, puppet; got { path }',
    }
    expect(await rejectionOf(node.startServer({ path: '/x' }))).to.include(refused)
    expect(await rejectionOf(node.connectTo({ path: '/x' }))).to.include(refused)
    expect(await rejectionOf(node.connectTo('nonsense'))).to.be.instanceOf(TypeError)
  })

  it('refuses to listen nowhere', async () => {
    expect(await rejectionOf(open().node.startServer())).to.be.instanceOf(TypeError)
  })

  it('passes on what goes wrong while it listens', async () => {
    const { node, transport } = open()
    await node.startServer(endpoint, { backlog: 7 })
    expect(transport.listening).to.include({ backlog: 7 })
    const reported = once(node, 'error')
    const fault = new Error('no more files')
    transport.listening!.onError(fault)
    expect(await reported).to.deep.equal([fault, undefined])
  })

  it('is listening also when a listener throws, and stops when it is closed', async () => {
    const { node, transport } = open()
    node.on('listening', () => {
      throw new Error('in a listener')
    })
    const told = once(node, 'error')
    await node.startServer(endpoint)
    expect((await told)[0]).to.have.property('message', 'in a listener')
    expect(node.address).to.deep.equal(endpoint)
    await node.close()
    expect(transport.closed).to.equal(1)
    expect(node.address).to.equal(undefined)
  })

  it('stops listening also when it began to just before the close', async () => {
    const { node, transport } = open()
    let go = (): void => {}
    transport.begin = () => new Promise((resolve) => (go = resolve))
    const started = rejectionOf(node.startServer(endpoint))
    const closed = node.close()
    expect(transport.listening!.signal!.aborted).to.be.true
    go()
    await closed
    expect(await started).to.include({ code: 'ERR_NODE_CLOSED' })
    expect(transport.closed).to.equal(1)
  })

  it('stops dialling and thinking when it is closed', async () => {
    const { node, transport } = open({ goodPeer: () => new Promise(() => {}) })
    await node.startServer(endpoint)
    const inbound = transport.knock()
    const dialling = rejectionOf(node.connectTo(endpoint))
    const thinking = rejectionOf(node.connectTo(endpoint))
    transport.dials[1]!.answer(answered())
    await settled()
    await node.close()
    expect(await dialling).to.include({ code: 'ERR_NODE_CLOSED' })
    expect(await thinking).to.include({ code: 'ERR_NODE_CLOSED' })
    expect(inbound.destroyed).to.be.true
    const late = transport.knock()
    await settled()
    expect(late.destroyed).to.be.true
  })

  it('lets nobody in who was accepted while it was being closed', async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const { node, transport } = open({
        goodPeer: async () => {
          void (async () => {
            for (let i = 0; i < ticks; i++) await Promise.resolve()
            await node.close()
          })()
          return true
        },
      })
      const dialled = node.connectTo(endpoint).catch((error: unknown) => error)
      transport.dials[0]!.answer(answered())
      await dialled
      await settled()
      // Who came before is closed with the others, who comes after is refused.
      for (const peer of node.peers.values()) expect(peer.isOpen).to.be.false
    }
  })

  it('destroys a connection that comes when nobody waits for it any more', async () => {
    const { node, transport } = open()
    const controller = new AbortController()
    const dialled = rejectionOf(node.connectTo(endpoint, { signal: controller.signal }))
    controller.abort('enough')
    expect(await dialled).to.equal('enough')
    const duplex = answered()
    transport.dials[0]!.answer(duplex)
    await settled()
    expect(duplex.destroyed).to.be.true
    expect(duplex.listenerCount('error')).to.equal(1)
    expect(getEventListeners(controller.signal, 'abort')).to.be.empty
    expect(node.peers.size).to.equal(0)
  })

  describe('asks goodPeer', () => {
    const yes = [() => true, () => Promise.resolve(true), undefined]
    for (const [i, goodPeer] of yes.entries()) {
      it(`and lets in whom it accepts (${i})`, async () => {
        const { node, transport } = open({ goodPeer })
        await node.startServer(endpoint)
        const joined = arrival(node)
        transport.knock(7)
        expect(await joined).to.include({ id: 'puppet:7#1', direction: 'inbound' })
        const dialled = node.connectTo(endpoint)
        transport.dials[0]!.answer(answered())
        expect(await dialled).to.include({ id: 'puppet:1#2', direction: 'outbound' })
      })
    }

    const no: readonly (readonly [what: string, goodPeer: () => boolean | Promise<boolean>, cause: unknown])[] = [
      ['says no', () => false, undefined],
      ['says no later', () => Promise.resolve(false), undefined],
      [
        'throws',
        () => {
          throw new RangeError('oh')
        },
        'oh',
      ],
      ['rejects', () => Promise.reject(new RangeError('oh')), 'oh'],
    ]
    for (const [what, goodPeer, cause] of no) {
      it(`and turns away when it ${what}`, async () => {
        const { node, transport } = open({ goodPeer })
        await node.startServer(endpoint)
        const inbound = transport.knock()
        const dialled = rejectionOf(node.connectTo(endpoint))
        const outbound = answered()
        transport.dials[0]!.answer(outbound)
        const error = (await dialled) as Error
        expect(error).to.include({ name: 'PeerError', code: 'ERR_PEER_REFUSED', peer: 'puppet:1' })
        expect((error.cause as Error | undefined)?.message).to.equal(cause)
        await settled()
        expect([inbound.destroyed, outbound.destroyed]).to.deep.equal([true, true])
        expect(node.peers.size).to.equal(0)
      })
    }

    it('about everybody, with address and direction', async () => {
      const candidates: unknown[] = []
      const { node, transport } = open({ goodPeer: (candidate) => candidates.push(candidate) > 0 })
      await node.startServer(endpoint)
      transport.knock(7)
      const dialled = node.connectTo(endpoint)
      transport.dials[0]!.answer(answered())
      await dialled
      const unproven = { identity: undefined, certificate: undefined, authorized: false }
      expect(candidates).to.deep.equal([
        { address: { host: 'puppet', port: 7 }, direction: 'inbound', ...unproven },
        { address: endpoint, direction: 'outbound', ...unproven },
      ])
    })

    it('and survives the fault of a connection while it thinks', async () => {
      const { node, transport } = open({ goodPeer: async () => settled().then(() => true) })
      await node.startServer(endpoint)
      const gone = once(node, 'disconnect')
      const fault = new Error('cable cut')
      transport.knock().destroy(fault)
      expect((await gone)[1]).to.equal(fault)
      expect(node.peers.size).to.equal(0)
    })

    it('and gives up with the signal of the one who dials', async () => {
      const controller = new AbortController()
      const { node, transport } = open({
        goodPeer: () => {
          controller.abort('enough')
          return new Promise(() => {})
        },
      })
      const dialled = rejectionOf(node.connectTo(endpoint, { signal: controller.signal }))
      const duplex = answered()
      transport.dials[0]!.answer(duplex)
      expect(await dialled).to.equal('enough')
      expect(duplex.destroyed).to.be.true
    })
  })

  describe('in time', () => {
    const clock = new Clock()

    it('gives up dialling after connectTimeoutMs', async () => {
      const { node, transport } = open({ connectTimeoutMs: 100 })
      const dialled = rejectionOf(node.connectTo(endpoint))
      await settled()
      clock.advance(100)
      expect(await dialled).to.include({
        code: 'ERR_TIMEOUT',
        phase: 'connect',
        limit: 100,
        message: 'Cannot connect to puppet:1: no answer within 100 ms',
      })
      expect(transport.dials[0]!.signal.aborted).to.be.true
    })

    it('gives up on a goodPeer that does not answer within handshakeTimeoutMs, both ways', async () => {
      const { node, transport } = open({ handshakeTimeoutMs: 100, goodPeer: () => new Promise(() => {}) })
      await node.startServer(endpoint)
      const inbound = transport.knock()
      const dialled = rejectionOf(node.connectTo(endpoint))
      transport.dials[0]!.answer(answered())
      await settled()
      clock.advance(100)
      expect(await dialled).to.include({ code: 'ERR_TIMEOUT', phase: 'handshake', limit: 100 })
      await settled()
      expect(inbound.destroyed).to.be.true
      expect(clock.running).to.equal(0)
    })

    it('leaves no timer when all goes well', async () => {
      const { node, transport } = open()
      const dialled = node.connectTo(endpoint)
      transport.dials[0]!.answer(answered())
      await dialled
      expect(clock.running).to.equal(0)
    })
  })

  describe('start', () => {
    it('listens, then dials, one endpoint or many', async () => {
      const { node, transport } = open({ bind: endpoint, connect: endpoint })
      const started = node.start()
      await settled()
      expect(transport.listening).to.be.an('object')
      transport.dials[0]!.answer(answered())
      await started
      expect(node.peers.size).to.equal(1)

      const other = open({ connect: [endpoint, 'puppet:2'] })
      const dialled = other.node.start()
      await settled()
      for (const { answer } of other.transport.dials) answer(answered())
      await dialled
      expect([...other.node.peers.keys()]).to.deep.equal(['puppet:1#1', 'puppet:2#2'])
    })

    it('has nothing to do without options', async () => {
      await open().node.start()
    })

    it('rejects with the first error, and keeps what is open', async () => {
      const { node, transport } = open({ connect: [endpoint, endpoint, endpoint] })
      const started = rejectionOf(node.start())
      await settled()
      transport.dials[0]!.answer(answered())
      transport.dials[1]!.fail(new Error('not today'))
      transport.dials[2]!.answer(answered())
      expect(await started).to.include({ message: 'not today' })
      await settled()
      expect(node.peers.size).to.equal(2)
    })

    it('called again does what is missing: dials what has failed or left, and listens where it does not', async () => {
      const { node, transport } = open({ bind: endpoint, connect: [endpoint, endpoint] })
      const started = rejectionOf(node.start())
      await settled()
      transport.dials[0]!.answer(answered())
      transport.dials[1]!.fail(new Error('not today'))
      await started
      expect(node.addresses).to.have.lengthOf(1)

      const again = node.start()
      await settled()
      expect(transport.dials).to.have.lengthOf(3)
      transport.dials[2]!.answer(answered())
      await again
      expect(node.peers.size).to.equal(2)

      await node.start()
      expect(transport.dials).to.have.lengthOf(3)
      await node.stopServer()
      const last = node.start()
      await settled()
      expect(node.addresses).to.have.lengthOf(1)
      await last
      expect(transport.dials).to.have.lengthOf(3)
    })

    it('is one promise while it is under way', async () => {
      const { node, transport } = open({ connect: endpoint })
      const [one, other] = [node.start(), node.start()]
      await settled()
      expect(transport.dials).to.have.lengthOf(1)
      transport.dials[0]!.answer(answered())
      await Promise.all([one, other])
    })

    it('refuses endpoints that no transport knows before anything begins', () => {
      expect(() => open({ connect: [endpoint, 'nonsense'] })).to.throw(TypeError, 'got string "nonsense"')
      expect(() => open({ bind: 'nonsense' })).to.throw(TypeError, 'got string "nonsense"')
    })

    it('hands its signal on, and leaves no listener on it', async () => {
      const { node, transport } = open({ bind: endpoint, connect: Array(12).fill(endpoint) as (typeof endpoint)[] })
      const controller = new AbortController()
      const started = rejectionOf(node.start({ signal: controller.signal }))
      await settled()
      expect(transport.dials).to.have.lengthOf(12)
      controller.abort('enough')
      expect(await started).to.equal('enough')
      expect(getEventListeners(controller.signal, 'abort')).to.be.empty
      expect(node.address).to.deep.equal(endpoint)
    })

    it('does nothing when its signal is aborted already', async () => {
      const { node, transport } = open({ connect: endpoint })
      expect(await rejectionOf(node.start({ signal: AbortSignal.abort('enough') }))).to.equal('enough')
      expect(transport.dials).to.be.empty
    })
  })

  it('passes on what a transport throws', async () => {
    const { node, transport } = open()
    transport.connect = () => {
      throw new Error('out of order')
    }
    expect(await rejectionOf(node.connectTo(endpoint))).to.have.property('message', 'out of order')
    transport.listen = () => {
      throw new Error('out of order')
    }
    expect(await rejectionOf(node.startServer(endpoint))).to.have.property('message', 'out of order')
  })
})
