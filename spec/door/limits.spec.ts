import { expect } from 'chai'
import { BlockList } from 'node:net'
import { PassThrough } from 'node:stream'
import { reasonOf } from '../../lib/door/refusal.js'
import { PeerError, type RefusalReason } from '../../lib/index.js'
import { Clock } from '../support/clock.js'
import { Entrance } from '../support/entrance.js'
import { rejectionOf, settled } from '../support/lab.js'

const never = (): Promise<boolean> => new Promise(() => {})

/** Why each of these was turned away; `undefined` for one that was not. */
async function reasonsOf(knocks: readonly Promise<unknown>[]): Promise<(RefusalReason | undefined)[]> {
  const settledKnocks = await Promise.allSettled(knocks)
  return settledKnocks.map((knock) => (knock.status === 'rejected' ? reasonOf(knock.reason) : undefined))
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

describe('limits of who comes in', () => {
  it('let in maxPeers, turn away the rest before goodPeer is asked, and have room again when one leaves', async () => {
    const entrance = new Entrance({ maxPeers: 3 })
    const error = await rejectionOf(Promise.all(times(4, () => entrance.knock('a'))))
    expect(error).to.include({
      code: 'ERR_PEER_REFUSED',
      reason: 'max-peers',
      message: 'Cannot accept a:3: 3 peers are in, which are the most',
    })
    expect(await reasonsOf(times(5, () => entrance.knock('b')))).to.deep.equal(Array(5).fill('max-peers'))
    expect(entrance.asked).to.be.lessThan(5)
    expect(entrance.duplexes.filter(({ destroyed }) => destroyed)).to.have.lengthOf(6)
    const [first] = entrance.peers
    entrance.leave(first!)
    expect(await reasonsOf(times(2, () => entrance.knock('b')))).to.deep.equal([undefined, 'max-peers'])
    expect(entrance.peers.size).to.equal(3)
  })

  it('let in no more than maxPeers of those about whom goodPeer decides at the same time', async () => {
    const entrance = new Entrance({ maxPeers: 3 }, async () => settled().then(() => true))
    const reasons = await reasonsOf(times(10, () => entrance.knock('a')))
    expect(reasons.filter((reason) => reason === 'max-peers')).to.have.lengthOf(7)
    expect(entrance.peers.size).to.equal(3)
  })

  it('count neither what is dialled nor what has left', async () => {
    const entrance = new Entrance({ maxPeers: 1, maxPeersPerHost: 1 })
    await Promise.all(times(5, () => entrance.knock('a', {}, 'outbound')))
    expect(await reasonsOf([entrance.knock('a')])).to.deep.equal([undefined])
    expect(entrance.peers.size).to.equal(6)
    for (const peer of [...entrance.peers]) entrance.leave(peer)
    expect(await reasonsOf([entrance.knock('a'), entrance.knock('a')])).to.deep.equal([undefined, 'max-peers'])
  })

  it('let in maxPeersPerHost of each host, where an IPv6 subscriber is one, and a path is none', async () => {
    const entrance = new Entrance({ maxPeersPerHost: 2 })
    const knocks = ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db8::3']
    expect(await reasonsOf(knocks.map((host) => entrance.knock(host)))).to.deep.equal([
      ...[undefined, undefined, 'max-peers-per-host', undefined, undefined, undefined, 'max-peers-per-host'],
    ])
    expect(await reasonsOf(times(3, () => entrance.knock({ path: '/run/x.sock' })))).to.deep.equal(
      Array(3).fill(undefined),
    )
    const [first] = entrance.peers
    entrance.leave(first!)
    expect(await reasonsOf(times(2, () => entrance.knock('192.0.2.1')))).to.deep.equal([
      undefined,
      'max-peers-per-host',
    ])
  })

  it('turn away what is in the block list, and ask it of nothing that is no IP address', async () => {
    const blockList = new BlockList()
    blockList.addSubnet('192.0.2.0', 24)
    blockList.addAddress('fe80::1', 'ipv6')
    const entrance = new Entrance({ blockList })
    const knocks = [
      ...['192.0.2.9', '192.0.3.9', 'fe80::1', 'fe80::1%eth0', 'fe80::2', 'puppet'],
      { path: '/192.0.2.1' },
    ]
    expect(await reasonsOf(knocks.map((from) => entrance.knock(from)))).to.deep.equal([
      ...['blocked', undefined, 'blocked', 'blocked', undefined, undefined, undefined],
    ])
    expect(await reasonsOf([entrance.knock('192.0.2.9', {}, 'outbound')])).to.deep.equal([undefined])
    blockList.addAddress('192.0.3.9')
    expect(await reasonsOf([entrance.knock('192.0.3.9')])).to.deep.equal(['blocked'])
  })

  it('turn away the oldest of the host that has most, of more than maxPending (threat 4)', async () => {
    const answers: ((answer: boolean) => void)[] = []
    const entrance = new Entrance({ maxPending: 4 }, () => new Promise((resolve) => answers.push(resolve)))
    const flood = times(10, () => entrance.knock('192.0.2.1'))
    const good = entrance.knock('192.0.2.2')
    const more = times(10, () => entrance.knock('192.0.2.1'))
    answers[10]!(true)
    expect((await good).address).to.include({ host: '192.0.2.2' })
    expect(await reasonsOf(flood)).to.deep.equal(Array(10).fill('max-pending'))
    for (const answer of answers) answer(true)
    expect(await reasonsOf(more)).to.deep.equal([
      ...Array<string>(7).fill('max-pending'),
      undefined,
      undefined,
      undefined,
    ])
  })

  it('never count as pending whom goodPeer answers at once', async () => {
    let answer: () => boolean | Promise<boolean> = never
    const entrance = new Entrance({ maxPending: 2 }, () => answer())
    const slow = times(2, () => entrance.knock('a'))
    answer = () => true
    await Promise.all(times(20, () => entrance.knock('a')))
    answer = () => false
    expect(await reasonsOf(times(20, () => entrance.knock('a')))).to.deep.equal(Array(20).fill('good-peer'))
    entrance.closing.abort(new PeerError('ERR_NODE_CLOSED', 'Cannot go on: the node is closed'))
    expect(await reasonsOf(slow)).to.deep.equal(['closing', 'closing'])
  })

  it('do not hold what is dialled to maxPending', async () => {
    const entrance = new Entrance({ maxPending: 1 }, async () => settled().then(() => true))
    expect(await reasonsOf(times(5, () => entrance.knock('a', {}, 'outbound')))).to.deep.equal(Array(5).fill(undefined))
  })

  describe('in time', () => {
    const clock = new Clock()

    it('let each host come as often as connectionRate says', async () => {
      const entrance = new Entrance({ connectionRate: { count: 2, perMs: 1000 } })
      const three = (host: string): Promise<unknown> => reasonsOf(times(3, () => entrance.knock(host)))
      expect(await three('a')).to.deep.equal([undefined, undefined, 'connection-rate'])
      expect(await three('b')).to.deep.equal([undefined, undefined, 'connection-rate'])
      clock.advance(500)
      expect(await three('a')).to.deep.equal([undefined, 'connection-rate', 'connection-rate'])
      expect(await reasonsOf(times(3, () => entrance.knock({ path: '/run/x.sock' })))).to.deep.equal(
        Array(3).fill(undefined),
      )
      expect(await rejectionOf(entrance.knock('a'))).to.have.property(
        'message',
        `Cannot accept a:${entrance.duplexes.length - 1}: a has come more often than 2 times in 1000 ms`,
      )
    })

    it('give a goodPeer that never answers handshakeTimeoutMs, and its place to others then (threat 38)', async () => {
      const entrance = new Entrance({ maxPending: 4, handshakeTimeoutMs: 100 }, never)
      const knocks = times(4, () => entrance.knock('a'))
      clock.advance(100)
      expect(await reasonsOf(knocks)).to.deep.equal(Array(4).fill('timeout'))
      const more = times(4, () => entrance.knock('a'))
      clock.advance(99)
      await settled()
      expect(entrance.duplexes.slice(4).some(({ destroyed }) => destroyed)).to.equal(false)
      clock.advance(1)
      expect(await reasonsOf(more)).to.deep.equal(Array(4).fill('timeout'))
      expect(clock.running).to.equal(0)
    })

    it('count a handshake as pending, and give it and goodPeer one time together', async () => {
      const entrance = new Entrance({ maxPending: 2, maxPeers: 2, handshakeTimeoutMs: 100 }, never)
      let shaken = 0
      const secure = (): Promise<never> => {
        shaken++
        return new Promise(() => {})
      }
      const knocks = times(3, () => entrance.knock('a', { secure }))
      expect(await reasonsOf([knocks[0]!])).to.deep.equal(['max-pending'])
      const duplex = new PassThrough()
      const late = entrance.knock('b', { secure: async () => ({ duplex, identity: 'b' }) })
      const reasons = reasonsOf([...knocks.slice(1), late])
      clock.advance(60)
      await settled()
      expect(entrance.asked, 'only of the one that has shaken hands').to.equal(1)
      clock.advance(40)
      expect(await reasons).to.deep.equal(['max-pending', 'timeout', 'timeout'])
      expect(shaken).to.equal(3)
    })
  })

  it('are asked before a handshake is paid', async () => {
    const blockList = new BlockList()
    blockList.addAddress('192.0.2.1')
    const entrance = new Entrance({ blockList, maxPeers: 1, connectionRate: { count: 1, perMs: 60_000 } })
    await entrance.knock('192.0.2.2')
    let shaken = 0
    const secure = async (): Promise<never> => {
      shaken++
      throw new Error('no')
    }
    const hosts = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
    expect(await reasonsOf(hosts.map((host) => entrance.knock(host, { secure })))).to.deep.equal([
      ...['blocked', 'connection-rate', 'max-peers'],
    ])
    expect(shaken).to.equal(0)
  })

  it('turn away whose handshake fails, and tell the one who dials why', async () => {
    const entrance = new Entrance()
    const fault = new Error('wrong version number')
    const secure = (): Promise<never> => Promise.reject(fault)
    expect(await rejectionOf(entrance.knock('a', { secure }))).to.include({ reason: 'handshake', cause: fault })
    expect(await rejectionOf(entrance.knock('a', { secure }, 'outbound'))).to.equal(fault)
  })

  it('count under a reason whatever it is', () => {
    expect(reasonOf(new Error('createDecoder failed'))).to.equal('failed')
    expect(reasonOf(new PeerError('ERR_TIMEOUT', 'Cannot accept', { phase: 'handshake' }))).to.equal('timeout')
    expect(reasonOf(new PeerError('ERR_NODE_CLOSED', 'Cannot go on'))).to.equal('closing')
    expect(reasonOf(new PeerError('ERR_PEER_GONE', 'Cannot send'))).to.equal('failed')
  })
})
