import { expect } from 'chai'
import { getEventListeners, once } from 'node:events'
import type { Duplex } from 'node:stream'
import {
  type Address,
  type Connection,
  type Endpoint,
  type Listener,
  PeerNode,
  type TlsSettings,
  type Transport,
} from '../../lib/index.js'
import { departure, Lab, receiveText, rejectionOf } from '../support/lab.js'

/** A transport, and what a spec has to know of its addresses. */
export interface TransportUnderTest {
  readonly transport: Transport
  /** A place to listen at that is free. */
  readonly free: () => Endpoint
  /** A place where nothing listens. */
  readonly nowhere: () => Endpoint
  /** The error of dialling nowhere. */
  readonly refusal: string
  /** The node's `tls` option. */
  readonly tls?: TlsSettings
}

/** Two ends of one connection. */
interface Ends {
  readonly near: Duplex
  readonly far: Duplex
}

const MANY = 3_000_000

/** The laws of every transport. */
export function describeTransport({ transport, free, nowhere, refusal, tls }: TransportUnderTest): void {
  describe(`transport ${transport.name}`, () => {
    const lab = new Lab()
    const { signal } = new AbortController()
    const options = { keepAliveMs: 15_000, tls }
    const parse = (endpoint: Endpoint): Address => transport.parse(endpoint as Exclude<Endpoint, URL>)!

    async function listen(
      onConnection: (connection: Connection) => void = () => {},
      address = parse(free()),
    ): Promise<Listener> {
      const listener = await transport.listen(address, {
        ...options,
        onConnection: (connection) => {
          connection.duplex.on('error', () => {})
          lab.later(() => connection.duplex.destroy())
          // Those that are given up reject.
          secured(connection).then(onConnection, () => {})
        },
        onError: (error) => {
          throw error
        },
      })
      lab.later(() => listener.close())
      return listener
    }

    async function connect(address: Address): Promise<Duplex> {
      const { duplex } = await dial(address)
      return duplex
    }

    async function dial(address: Address): Promise<Connection> {
      const connection = await secured(await transport.connect(address, { ...options, signal }))
      connection.duplex.on('error', () => {})
      lab.later(() => connection.duplex.destroy())
      return connection
    }

    async function open(): Promise<Ends> {
      let arrive!: (connection: Connection) => void
      const arrived = new Promise<Connection>((resolve) => (arrive = resolve))
      const { address } = await listen(arrive)
      const near = await connect(address)
      return { near, far: (await arrived).duplex }
    }

    it('reads what it writes: an address is an endpoint, as it is and in words', async () => {
      const { address } = await listen()
      expect(parse(address)).to.deep.equal(address)
      expect(transport.format(parse(address))).to.equal(transport.format(address))
    })

    it('leaves the endpoints of others alone', () => {
      for (const foreign of ['', 'xyz', 'http://127.0.0.1:80', { url: 'xyz:1' }, {}])
        expect(transport.parse(foreign)).to.equal(undefined)
    })

    it('carries bytes both ways, in order, however many', async () => {
      const { near, far } = await open()
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        const bytes = Buffer.alloc(MANY)
        for (let i = 0; i < MANY; i++) bytes[i] = i * 7 + (i >> 8)
        from.write(bytes.subarray(0, 5))
        from.write(bytes.subarray(5))
        expect((await read(to, MANY)).equals(bytes)).to.be.true
      }
    })

    it('gives connections that are paused, and say where their remote end is', async () => {
      const connections: Connection[] = []
      const { address } = await listen((connection) => connections.push(connection))
      const dialled = await dial(address)
      expect(transport.format(dialled.address)).to.equal(transport.format(address))
      expect(dialled.duplex.isPaused()).to.be.true
      dialled.duplex.write('hello')
      while (connections.length === 0) await new Promise((resolve) => setImmediate(resolve))
      const [{ duplex, address: remote }] = connections as [Connection]
      expect(transport.format(remote)).to.be.a('string').that.is.not.empty
      expect(duplex.isPaused()).to.be.true
      expect((await read(duplex, 5)).toString()).to.equal('hello')
    })

    it('tells one side that the other has ended, and lets it answer', async () => {
      const { near, far } = await open()
      near.end('question')
      expect((await readAll(far)).toString()).to.equal('question')
      far.end('answer')
      expect((await readAll(near)).toString()).to.equal('answer')
    })

    it('makes a writer wait whose reader does not read, and loses nothing', async () => {
      const { near, far } = await open()
      let written = 0
      while (near.write(Buffer.alloc(65_536, 1)) || near.writableLength < 10_000_000) written += 65_536
      expect(near.writableNeedDrain).to.be.true
      near.end()
      const drained = once(near, 'finish')
      expect((await readAll(far)).length).to.be.greaterThan(written)
      await drained
    })

    it('ends the other side of one that is destroyed', async () => {
      const { near, far } = await open()
      const closed = once(far.resume(), 'close')
      near.destroy()
      far.end()
      await closed
    })

    it('breaks the other side of one that is destroyed with something unread, after what came before', async () => {
      const { near, far } = await open()
      near.write('before')
      expect((await read(far, 6)).toString()).to.equal('before')
      await new Promise((resolve) => far.write('never read', resolve))
      const failed = once(far, 'error')
      far.resume()
      // A turn, in which what was written arrives.
      await new Promise((resolve) => setImmediate(resolve))
      near.destroy()
      expect(((await failed) as [NodeJS.ErrnoException])[0].code).to.equal('ECONNRESET')
    })

    it('refuses where nothing listens, with a code of the system', async () => {
      const error = await rejectionOf(transport.connect(parse(nowhere()), { ...options, signal }))
      expect(error).to.be.instanceOf(Error).with.property('code', refusal)
    })

    it('listens once at a place, and again when that is free', async () => {
      const first = await listen()
      expect(await rejectionOf(listen(undefined, first.address))).to.include({ code: 'EADDRINUSE' })
      first.close()
      await listen(undefined, first.address)
    })

    it('leaves connections open when it stops listening', async () => {
      let far: Duplex | undefined
      const listener = await listen(({ duplex }) => (far = duplex))
      const near = await connect(listener.address)
      while (far === undefined) await new Promise((resolve) => setImmediate(resolve))
      listener.close()
      near.write('still here')
      expect((await read(far, 10)).toString()).to.equal('still here')
      expect(await rejectionOf(connect(listener.address))).to.be.instanceOf(Error)
    })

    it('gives up with the reason of its signal, and leaves no listener on it', async () => {
      const { address } = await listen()
      const aborted = AbortSignal.abort('enough')
      expect(await rejectionOf(transport.connect(address, { ...options, signal: aborted }))).to.equal('enough')
      const listening = { ...options, signal: aborted, onConnection: () => {}, onError: () => {} }
      expect(await rejectionOf(transport.listen(parse(free()), listening))).to.equal('enough')
      const { signal: unused } = new AbortController()
      const { duplex } = await transport.connect(address, { ...options, signal: unused })
      duplex.destroy()
      expect(getEventListeners(unused, 'abort')).to.be.empty
    })

    describe('under nodes', () => {
      const node = (): PeerNode => lab.keep(new PeerNode({ transports: [transport], tls }))

      it('carries messages, answers and a clean end', async () => {
        const [server, client] = [node(), node()]
        const peer = await client.connectTo(await server.startServer(free()))
        client.send(Buffer.from('hello'))
        for await (const { data, from } of server.readRaw()) {
          expect(data.toString()).to.equal('hello')
          expect(from.direction).to.equal('inbound')
          from.send(Buffer.from('welcome'))
          break
        }
        expect(await receiveText(client, 1)).to.deep.equal(['welcome'])
        const [left, gone] = [departure(server), departure(client)]
        await peer.close()
        expect([(await left).reason, (await gone).reason]).to.deep.equal([undefined, undefined])
      })

      it('tells what it dialled, and never gives an id twice', async () => {
        const [server, client] = [node(), node()]
        const address = await server.startServer(free())
        const ids = new Set<string>()
        for (let i = 0; i < 3; i++) {
          const peer = await client.connectTo(address)
          expect(peer.endpoint).to.deep.equal(parse(address))
          expect(peer.id).to.equal(`${transport.format(peer.address!)}#${i + 1}`)
          ids.add(peer.id)
          await peer.close()
        }
        expect(ids).to.have.lengthOf(3)
      })
    })
  })
}

/** A connection as it becomes a peer: behind its handshake, where it has one. */
async function secured(connection: Connection): Promise<Connection> {
  return connection.secure === undefined ? connection : { ...connection, ...(await connection.secure()) }
}

/** The next bytes, exactly so many; the stream is paused behind them. */
async function read(stream: Duplex, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let missing = length
  while (missing > 0) {
    const chunk = stream.read(Math.min(missing, Math.max(stream.readableLength, 1))) as Buffer | null
    if (chunk === null) await once(stream, 'readable')
    else missing -= chunks[chunks.push(chunk) - 1]!.length
  }
  return Buffer.concat(chunks)
}

/** Everything up to the end. */
async function readAll(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(stream.resume(), 'end')
  return Buffer.concat(chunks)
}
