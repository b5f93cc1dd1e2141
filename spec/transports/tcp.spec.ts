import { expect } from 'chai'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { type Address, type IpAddress, type PeerCandidate, type PeerNode, tcp } from '../../lib/index.js'
import { describeTransport } from '../contract/transport.js'
import { readByData } from '../support/by-data.js'
import { arrival, Lab, receive, rejectionOf, settled } from '../support/lab.js'

for (const transport of [tcp, readByData(tcp)]) {
  describeTransport({
    transport,
    free: () => ({ port: 0 }),
    nowhere: () => ({ port: 1 }),
    refusal: 'ECONNREFUSED',
  })
}

/** Of which sockets from one port to another the system keeps a timer for keep-alive: Linux tells it in a file. */
function keptAlive(from: number, to: number): boolean[] {
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1)
  const hex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const established = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, remote, state]) => local?.endsWith(hex(from)) && remote?.endsWith(hex(to)) && state === '01')
  return established.map((columns) => columns[5]?.startsWith('02:') === true)
}

describe('TCP', () => {
  const lab = new Lab()

  it('does not take a connection that was reset before it was accepted for one', async () => {
    const seen: PeerCandidate[] = []
    const { node, address } = await lab.listen({
      goodPeer: (candidate) => {
        seen.push(candidate)
        return true
      },
    })
    for (let i = 0; i < 50; i++) {
      const socket = net.connect(address)
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.resetAndDestroy()
    }
    const good = await lab.dial(address)
    const joined = [...node.peers.values()]
    if (joined.every(({ address: remote }) => remote?.port !== good.localPort)) await arrival(node)
    for (const { address: remote } of seen) {
      expect(remote.host).to.equal('127.0.0.1')
      expect(remote.port).to.be.greaterThan(0)
    }
  })

  it('refuses a connection whose two ends are one, as one that nothing answers', async () => {
    // The system gives a dialler its own port when that is the one it dials: seldom, unless it is told to.
    const connect = Reflect.get<net.Socket, 'connect'>(net.Socket.prototype, 'connect')
    const busy = net.createServer().listen(0, '127.0.0.1')
    await once(busy, 'listening')
    const { port } = busy.address() as net.AddressInfo
    busy.close()
    await once(busy, 'close')
    net.Socket.prototype.connect = function (this: net.Socket, ...values: unknown[]) {
      return connect.apply(this, [{ ...(values[0] as object), localAddress: '127.0.0.1', localPort: port }] as never)
    }
    lab.later(() => (net.Socket.prototype.connect = connect))
    const node = lab.node()
    expect(await rejectionOf(node.connectTo({ port }))).to.include({
      code: 'ECONNREFUSED',
      syscall: 'connect',
      port,
      address: '127.0.0.1',
    })
    expect(node.peers.size).to.equal(0)
  })

  for (const keepAliveMs of [undefined, 1, 60_000, Infinity]) {
    const isOn = keepAliveMs !== Infinity
    it(`${isOn ? 'asks the system' : 'does not ask the system'} to look after silent connections with keepAliveMs ${String(keepAliveMs)}`, async () => {
      if (process.platform !== 'linux') return
      const { node, address } = await lab.listen({ keepAliveMs })
      const joined = arrival(node)
      await lab.node({ keepAliveMs }).connectTo(address)
      const client = (await joined).address as IpAddress
      await settled()
      expect(keptAlive(address.port, client.port)).to.deep.equal([isOn])
      expect(keptAlive(client.port, address.port)).to.deep.equal([isOn])
    })
  }

  it('tells IPv4 addresses in their plain form, where it listens for IPv6 too', async () => {
    const seen: PeerCandidate[] = []
    const node = lab.node({
      goodPeer: (candidate) => {
        seen.push(candidate)
        return true
      },
    })
    const { port } = (await node.startServer({ host: '::', port: 0 })) as IpAddress
    const joined = arrival(node)
    const socket = await lab.dial({ host: '127.0.0.1', port })
    const peer = await joined
    expect(peer.address).to.deep.equal({ host: '127.0.0.1', port: socket.localPort })
    expect(peer.id).to.equal(`127.0.0.1:${socket.localPort ?? 0}#1`)
    expect(seen.map(({ address }) => address.host)).to.deep.equal(['127.0.0.1'])
  })

  it('listens at all addresses only where that was written out', async () => {
    const node = lab.node()
    expect(await node.startServer('0')).to.include({ host: '127.0.0.1' })
    expect(await node.startServer('0.0.0.0:0')).to.include({ host: '0.0.0.0' })
    expect(node.addresses).to.have.lengthOf(2)
  })

  describe('a node', () => {
    const places = (node: PeerNode): readonly Address[] => node.addresses

    it('listens at several places at once, over any transports, and stops at all', async () => {
      const node = lab.node({ bind: [{ port: 0 }, 'memory:'] })
      await node.start()
      const third = await node.startServer('[::1]:0')
      expect(places(node)).to.have.lengthOf(3)
      expect(node.address).to.equal(places(node)[0])
      const clients = await Promise.all(places(node).map((address) => lab.node().connectTo(address)))
      for (const client of clients) client.send(Buffer.from('x'))
      expect(new Set((await receive(node, 3)).map(({ from }) => from))).to.have.lengthOf(3)

      expect(await rejectionOf(node.startServer('[::1]:0'))).to.include({ code: 'ERR_ALREADY_LISTENING' })
      expect(await rejectionOf(node.startServer({ host: '::1', port: 0 }))).to.include({
        code: 'ERR_ALREADY_LISTENING',
      })
      await node.stopServer()
      expect([node.address, places(node)]).to.deep.equal([undefined, []])
      expect(node.peers.size).to.equal(3)
      expect(await rejectionOf(lab.node().connectTo(third))).to.include({ code: 'ECONNREFUSED' })
      await node.startServer(third)
    })
  })
})
