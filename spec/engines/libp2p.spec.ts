import { expect } from 'chai'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection as HostConnection, Libp2p as Host, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { Libp2pDuplex } from '../../lib/engines/libp2p-duplex.js'
import type { Connection, Transport } from '../../lib/index.js'
import { gossipsub, libp2p } from '../../lib/libp2p.js'
import { describeTransport } from '../contract/transport.js'
import { anyProgram, faultsOf, NODES, type Program } from '../support/interleavings.js'
import { departure, Lab, receive, receiveText, rejectionOf, thrownBy } from '../support/lab.js'
import { check } from '../support/property.js'
import { Hosts } from './libp2p-hosts.js'

const KIB = 1024

// Whatever error comes before.
const closing = (duplex: Duplex): Promise<unknown> => new Promise((resolve) => duplex.once('close', resolve))

describe('libp2p', () => {
  const hosts = new Hosts()
  const lab = new Lab()
  let [near, far]: Host[] = []

  before(async () => {
    far = await hosts.host()
    near = await hosts.host({ addresses: { listen: [] } })
  })

  // A host does not dial itself: one listens, and another one dials.
  const transport: Transport = {
    name: 'libp2p',
    example: 'libp2p:',
    parse: (endpoint) => libp2p(far!).parse(endpoint),
    format: (address) => libp2p(far!).format(address),
    listen: (address, options) => libp2p(far!).listen(address, options),
    connect: (address, options) => libp2p(near!).connect(address, options),
  }

  describeTransport({
    transport,
    free: () => 'libp2p:',
    nowhere: () => '/ip4/127.0.0.1/tcp/1',
    refusal: 'ECONNREFUSED',
  })

  /** Two ends of a stream, and the connection below them. */
  async function ends(): Promise<{ near: Duplex; far: Duplex; connection: HostConnection }> {
    let arrive!: (connection: Connection) => void
    const arrived = new Promise<Connection>((resolve) => (arrive = resolve))
    const options = { keepAliveMs: 15_000, onConnection: arrive, onError: () => {} }
    const listener = await transport.listen({ url: 'libp2p:' }, options)
    lab.later(() => listener.close())
    const dialled = await transport.connect(listener.address, {
      keepAliveMs: 15_000,
      signal: new AbortController().signal,
    })
    const pair = { near: dialled.duplex, far: (await arrived).duplex }
    for (const duplex of Object.values(pair)) {
      duplex.on('error', () => {})
      lab.later(() => duplex.destroy())
    }
    return { ...pair, connection: near!.getConnections(far!.peerId)[0]! }
  }

  describe('a node', () => {
    it('knows its peers by the ids of their hosts, however they came, and dials by them', async () => {
      const server = lab.node({ transports: [libp2p(far!)], bind: 'libp2p:' })
      await server.start()
      const client = lab.node({ transports: [libp2p(near!)] })
      const byAddress = await client.connectTo(far!.getMultiaddrs()[0]!.toString())
      const byId = await client.connectTo(far!.peerId.toString())
      expect(byId.endpoint).to.deep.equal({ url: `/p2p/${far!.peerId.toString()}` })
      for (const { identity } of [byAddress, byId]) expect(identity).to.equal(far!.peerId.toString())
      client.send(Buffer.from('hello'))
      const received = await receive(server, 2)
      expect(received.map(({ from }) => from.identity)).to.deep.equal(Array(2).fill(near!.peerId.toString()))
      expect(new Set(received.map(({ from }) => from.id))).to.have.lengthOf(2)
    })

    it('shares a host with another one that has another protocol', async () => {
      const nodes = ['/one/1', '/two/1'].map((protocol) => ({
        server: lab.node({ transports: [libp2p(far!, { protocol })] }),
        client: lab.node({ transports: [libp2p(near!, { protocol })] }),
      }))
      for (const { server, client } of nodes) await client.connectTo(await server.startServer('libp2p:'))
      for (const [i, { client }] of nodes.entries()) client.send(Buffer.from(String(i)))
      for (const [i, { server }] of nodes.entries()) expect(await receiveText(server, 1)).to.deep.equal([String(i)])
    })

    it('is told that a host has no such protocol, or that nothing is known of it', async () => {
      const client = lab.node({ transports: [libp2p(near!, { protocol: '/unheard-of/1' })] })
      const refused = await rejectionOf(client.connectTo(far!.getMultiaddrs()[0]!.toString()))
      expect(refused).to.include({ code: 'ECONNREFUSED' }).with.property('message').that.includes('/unheard-of/1')
      const stranger = '12D3KooWJ6LZ5cDRSnKEDuNqN6vLHXWqfNQTSvDQ3XMfqHJXgPhG'
      expect(await rejectionOf(client.connectTo(stranger))).to.be.instanceOf(Error)
    })

    it('keeps a peer that does not read, holds no more for it than its windows, and resets nothing', async function () {
      this.timeout(20_000)
      const server = lab.node({ transports: [libp2p(far!)], inboundLimit: 1000 })
      const client = lab.node({ transports: [libp2p(near!)], outboundLimit: 256 * KIB * KIB })
      const peer = await client.connectTo(await server.startServer('libp2p:'))
      // Read at first, and fast, so that the window grows.
      const [message, count] = [Buffer.alloc(64 * KIB), 200]
      const first = receive(server, count)
      for (let i = 0; i < count; i++) if (!client.send(message)) await client.drained()
      await first
      for (let i = 0; i < 2 * count; i++) client.send(message)
      // What leaves without a reader is what windows and sockets take.
      let before = Infinity
      while (peer.stats.waiting < before) {
        before = peer.stats.waiting
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
      expect(2 * count * message.length - peer.stats.waiting).to.be.lessThan(20 * KIB * KIB)
      expect((await receive(server, 2 * count)).every(({ data }) => data.length === message.length)).to.equal(true)
      expect(peer.isOpen).to.equal(true)
    })
  })

  describe('a stream', () => {
    it('is cut, and not at its end, when the connection fails, and answers every write', async () => {
      const { near, far, connection } = await ends()
      let answered = 0
      for (let i = 0; i < 40; i++) near.write(Buffer.alloc(KIB * KIB), () => answered++)
      let hasEnded = false
      far.on('end', () => (hasEnded = true))
      const closed = Promise.all([closing(near), closing(far.resume())])
      connection.abort(new Error('gone'))
      await closed
      expect([answered, hasEnded]).to.deep.equal([40, false])
      for (const { errored } of [near, far]) expect(errored).to.include({ code: 'ECONNRESET' })
    })

    it('is a cut for the side whose host closes the connection, with its cause', async () => {
      const { near, far, connection } = await ends()
      const closed = closing(near.resume())
      far.resume().on('end', () => far.end())
      await connection.close()
      await closed
      expect(near.errored).to.include({ code: 'ECONNRESET' })
    })

    it('is read to its end, though bytes are given back to it behind that', async () => {
      let arrive!: (stream: Stream) => void
      const arrived = new Promise<Stream>((resolve) => (arrive = resolve))
      await far!.handle('/given-back/1', arrive)
      lab.later(() => far!.unhandle('/given-back/1'))
      const out = await near!.dialProtocol(far!.getMultiaddrs(), '/given-back/1')
      const stream = await arrived
      const ended = new Promise((resolve) => stream.addEventListener('end', resolve))
      // As the choice of a protocol does: it has read too much, and gives back what is not its own.
      const taken: Uint8Array[] = []
      stream.addEventListener('message', ({ data }) => taken.push(data.subarray()))
      out.send(Buffer.from('given back'))
      await out.close()
      await ended
      expect([stream.readableEnded, String(Buffer.concat(taken))]).to.deep.equal([true, 'given back'])
      stream.unshift(Buffer.concat(taken))
      const duplex = new Libp2pDuplex(stream)
      lab.later(() => duplex.destroy())
      const chunks: Buffer[] = []
      for await (const chunk of duplex) chunks.push(chunk as Buffer)
      expect(String(Buffer.concat(chunks))).to.equal('given back')
    })

    it('hands over what it holds when it is reset', async () => {
      const { near, far } = await ends()
      await new Promise((resolve) => near.write(Buffer.alloc(100_000), resolve))
      // Until it has arrived in the other host, which nothing tells.
      await new Promise((resolve) => setTimeout(resolve, 100))
      const closed = closing(far)
      near.destroy(new Error('enough'))
      await closed
      expect(far.errored).to.include({ code: 'ECONNRESET' })
      expect(far.readableLength).to.equal(100_000)
    })
  })

  describe('a relay', () => {
    let relayed: { readonly host: Host; readonly address: string }

    before(async () => {
      const relay = await hosts.host({ services: { identify: identify(), relay: circuitRelayServer() } })
      const transports = [tcp(), circuitRelayTransport()]
      const host = await hosts.host({
        addresses: { listen: [`${relay.getMultiaddrs()[0]!.toString()}/p2p-circuit`] },
        transports,
        services: { identify: identify() },
      })
      while (host.getMultiaddrs().length === 0) await once(host as never, 'self:peer:update')
      relayed = { host, address: host.getMultiaddrs()[0]!.toString() }
    })

    async function dialler(): Promise<Host> {
      return hosts.host({
        addresses: { listen: [] },
        transports: [tcp(), circuitRelayTransport()],
        services: { identify: identify() },
      })
    }

    it('needs a word at both ends', async () => {
      const server = lab.node({ transports: [libp2p(relayed.host)] })
      await server.startServer('libp2p:')
      const client = lab.node({ transports: [libp2p(await dialler())] })
      const error = await rejectionOf(client.connectTo(relayed.address))
      expect(error).to.have.property('message').that.includes('relayed: true')
    })

    it('that has carried enough is a cut for both, and what did not arrive is told', async () => {
      const server = lab.node({ transports: [libp2p(relayed.host, { relayed: true })] })
      await server.startServer('libp2p:')
      const client = lab.node({ transports: [libp2p(await dialler(), { relayed: true })] })
      const peer = await client.connectTo(relayed.address)
      expect(peer.address).to.have.all.keys('url')
      const departures = Promise.all([departure(server), departure(client)])
      let got = 0
      server.addHandler(0, () => {
        got++
      })
      // Each by itself: a piece that is not whole is not handed over.
      for (let i = 0; i < 256 && client.send(Buffer.alloc(KIB)); i++)
        await new Promise((resolve) => setImmediate(resolve))
      const [there, here] = await departures
      // What had come is handled.
      await server.close()
      expect(got).to.be.greaterThan(0).and.lessThan(256)
      for (const { reason } of [there, here]) {
        expect((reason as NodeJS.ErrnoException | undefined)?.code).to.be.oneOf(['ECONNRESET', 'EPIPE'])
      }
    })
  })

  it('obeys law 9, whatever programs do and in whatever order', async () => {
    const own = await Promise.all(Array.from({ length: NODES }, () => hosts.host()))
    const obey = async (program: Program): Promise<void> => {
      const faults = await faultsOf(
        program,
        () => 'libp2p:',
        (i) => ({ transports: [libp2p(own[i]!)] }),
      )
      expect(faults).to.deep.equal([])
    }
    await check(anyProgram, obey, 50)
  })

  it('reads multiaddrs and peer ids, and refuses what only looks like one', () => {
    const parse = (text: string): unknown => libp2p(near!).parse(text)
    const id = far!.peerId.toString()
    expect(parse(id)).to.deep.equal({ url: `/p2p/${id}` })
    expect(parse(`libp2p:${id}`)).to.deep.equal({ url: `/p2p/${id}` })
    expect(parse('libp2p:/dns4/example.org/tcp/1')).to.deep.equal({
      host: 'example.org',
      port: 1,
      url: '/dns4/example.org/tcp/1',
    })
    for (const wrong of ['/nothing/1', '/ip4/1.2.3/tcp/1', 'libp2p:xyz']) {
      expect(thrownBy(() => parse(wrong)))
        .to.be.instanceOf(TypeError)
        .with.property('message')
        .that.includes(wrong)
    }
  })

  it('refuses hosts, options and endpoints that it cannot use', async () => {
    expect(thrownBy(() => libp2p({} as never))).to.be.instanceOf(TypeError)
    expect(thrownBy(() => libp2p(near!, { protocol: 'x' }))).to.be.instanceOf(TypeError)
    expect(thrownBy(() => libp2p(near!, { relay: true } as never))).to.be.instanceOf(TypeError)
    expect(thrownBy(() => gossipsub(near as never))).to.be.instanceOf(TypeError)
    const node = lab.node({ transports: [libp2p(near!)] })
    expect(await rejectionOf(node.startServer('/ip4/127.0.0.1/tcp/1'))).to.be.instanceOf(TypeError)
    expect(await rejectionOf(node.connectTo('libp2p:'))).to.be.instanceOf(TypeError)
  })

  // Each of these is why the duplex does something; once it fails, that can go.
  describe('of the versions here', () => {
    it('says that a stream has drained when it has not', async () => {
      await far!.handle('/drain/1', (stream) => stream.addEventListener('message', () => {}))
      lab.later(() => far!.unhandle('/drain/1'))
      const stream = await near!.dialProtocol(multiaddr(far!.getMultiaddrs()[0]!.toString()), '/drain/1')
      let lies = 0
      for (let i = 0; i < 200; i++) {
        if (stream.send(new Uint8Array(64 * KIB))) continue
        await stream.onDrain()
        if (stream.writableNeedsDrain) lies++
      }
      stream.abort(new Error('enough'))
      expect(lies).to.be.greaterThan(0)
    })
  })
})
