import { expect } from 'chai'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http, { type IncomingMessage, type Server } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { encodeFrame, type PeerCandidate, type PeerNode, type PeerNodeOptions } from '../../lib/index.js'
import { webSocket, type WebSocketOptions } from '../../lib/websocket.js'
import { describeTransport } from '../contract/transport.js'
import { Authority } from '../support/certificates.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { anyProgram, faultsOf, type Program } from '../support/interleavings.js'
import { arrival, departure, Lab, receiveText, rejectionOf, thrownBy } from '../support/lab.js'
import { check } from '../support/property.js'

describe('WebSocket', () => {
  const lab = new Lab()

  describeTransport({
    transport: webSocket(),
    free: () => 'ws://127.0.0.1:0/peers',
    nowhere: () => 'ws://127.0.0.1:1/',
    refusal: 'ECONNREFUSED',
  })

  async function listen(
    options: PeerNodeOptions = {},
    own: WebSocketOptions = {},
  ): Promise<{ node: PeerNode; url: string }> {
    const node = lab.node({ transports: [webSocket(own)], ...options })
    const { url } = await node.startServer('ws://127.0.0.1:0/peers')
    return { node, url: url! }
  }

  /** A WebSocket that knows nothing of lengthwise. */
  async function dial(url: string, headers: Record<string, string> = {}): Promise<WebSocket> {
    const socket = new WebSocket(url, { headers })
    socket.on('error', () => {})
    lab.later(() => socket.terminate())
    await once(socket, 'open')
    return socket
  }

  /** A server that knows nothing of lengthwise. */
  async function serve(onSocket: (socket: WebSocket, request: IncomingMessage) => void): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    lab.later(() => server.close())
    server.on('connection', onSocket)
    await once(server, 'listening')
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }

  it('obeys law 9, whatever programs do and in whatever order', async () => {
    const obey = async (program: Program): Promise<void> => {
      const faults = await faultsOf(program, () => 'ws://127.0.0.1:0/', { transports: [webSocket()] })
      expect(faults).to.deep.equal([])
    }
    await check(anyProgram, obey, 100)
  })

  it('says where the remote end is, and what it has said of itself', async () => {
    const seen: PeerCandidate[] = []
    const { node, url } = await listen({ goodPeer: (candidate) => seen.push(candidate) > 0 })
    const joined = arrival(node)
    const client = lab.node({ transports: [webSocket({ headers: { origin: 'https://example.org', 'x-token': '7' } })] })
    await client.connectTo(url)
    const peer = await joined
    expect(peer.address).to.have.all.keys('host', 'port')
    expect(seen[0]!.address).to.deep.equal(peer.address)
    expect(seen[0]!.headers).to.include({ origin: 'https://example.org', 'x-token': '7' })
  })

  it('takes frames of one that knows nothing of lengthwise, cut in any way, and ends with a Close frame', async () => {
    const { node, url } = await listen()
    const socket = await dial(url)
    const left = departure(node)
    const frame = encodeFrame(Buffer.from('hello'))
    for (const byte of frame) socket.send(Buffer.of(byte))
    socket.send(new Uint8Array(0))
    socket.send(Buffer.concat([frame, frame]))
    expect(await receiveText(node, 3)).to.deep.equal(['hello', 'hello', 'hello'])
    const [peer] = node.peers.values()
    peer!.send(Buffer.from('bye'))
    const answered = once(socket, 'message')
    const closed = once(socket, 'close')
    void peer!.close()
    expect(((await answered) as [Buffer])[0]).to.deep.equal(Buffer.from(encodeFrame(Buffer.from('bye'))))
    expect((await closed)[0]).to.equal(1000)
    expect((await left).reason).to.equal(undefined)
  })

  it('dials a server that knows nothing of lengthwise', async () => {
    const url = await serve((socket) => socket.on('message', (data) => socket.send(data)))
    const node = lab.node({ transports: [webSocket({ protocol: '' })] })
    const peer = await node.connectTo(url)
    peer.send(Buffer.from('echo'))
    expect(await receiveText(node, 1)).to.deep.equal(['echo'])
    const left = departure(node)
    await peer.close()
    expect((await left).reason).to.equal(undefined)
  })

  for (const [code, isEnd] of [
    [1000, true],
    [1001, true],
    [undefined, true],
    [1011, false],
    [4000, false],
  ] as const) {
    it(`takes Close ${code ?? 'without a code'} for ${isEnd ? 'the end' : 'a cut'}`, async () => {
      const { node, url } = await listen()
      const left = departure(node)
      const socket = await dial(url)
      socket.close(code)
      const { reason } = await left
      if (isEnd) expect(reason).to.equal(undefined)
      else expect(reason).to.include({ code: 'ECONNRESET', closeCode: code })
    })
  }

  it('takes a connection that goes without a Close frame for a cut, behind what came before', async () => {
    const { node, url } = await listen()
    const left = departure(node)
    const socket = await dial(url)
    await new Promise((resolve) => socket.send(encodeFrame(Buffer.from('last')), resolve))
    socket.terminate()
    expect(await receiveText(node, 1)).to.deep.equal(['last'])
    expect((await left).reason).to.include({ code: 'ECONNRESET', closeCode: 1006 })
  })

  it('refuses text, and what is longer than it takes, and tells both ends why', async () => {
    for (const { what, closeCode, error } of [
      { what: 'text', closeCode: 1003, error: 'expected bytes, got text' },
      { what: Buffer.alloc(1001), closeCode: 1009, error: 'Max payload size exceeded' },
    ]) {
      const { node, url } = await listen({}, { maxPayload: 1000 })
      const left = departure(node)
      const socket = await dial(url)
      socket.send(what)
      expect((await once(socket, 'close'))[0]).to.equal(closeCode)
      expect((await left).reason)
        .to.have.property('message')
        .that.includes(error)
    }
  })

  it('tells what a server answers that takes no WebSockets there', async () => {
    const { url } = await listen()
    const node = lab.node({ transports: [webSocket()] })
    const error = await rejectionOf(node.connectTo(url.replace('/peers', '/elsewhere')))
    expect(error).to.include({ code: 'ECONNREFUSED', statusCode: 404 })
    const plain = await fetch(url.replace('ws:', 'http:'))
    expect([plain.status, plain.headers.get('upgrade')]).to.deep.equal([426, 'websocket'])
  })

  it('gives up a dial that is not answered, and closes its socket', async () => {
    let hangUp!: () => void
    const hungUp = new Promise<void>((resolve) => (hangUp = resolve))
    const { port } = await lab.serve((socket) => socket.resume().on('end', hangUp))
    const node = lab.node({ transports: [webSocket()], handshakeTimeoutMs: 50 })
    expect(await rejectionOf(node.connectTo(`ws://127.0.0.1:${port}/`))).to.include({ phase: 'handshake' })
    await hungUp
  })

  describe('on a server of the user', () => {
    let server: Server
    let port: number

    beforeEach(async () => {
      server = http.createServer((_request, response) => response.end('page')).listen(0, '127.0.0.1')
      lab.later(() => {
        server.closeAllConnections()
        server.close()
      })
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    })

    const on = (path: string): Promise<PeerNode> => {
      const node = lab.node({ transports: [webSocket({ server })], bind: `ws:${path}` })
      return node.start().then(() => node)
    }

    it('listens at paths, for one node each, beside pages', async () => {
      const [one, two] = [await on('/one'), await on('/two')]
      expect(one.address?.url).to.equal(`ws://127.0.0.1:${port}/one`)
      const client = lab.node({ transports: [webSocket()] })
      for (const { address } of [one, two])
        client.send(Buffer.from(address!.url!.slice(-3)), await client.connectTo(address!))
      expect(await receiveText(one, 1)).to.deep.equal(['one'])
      expect(await receiveText(two, 1)).to.deep.equal(['two'])
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).to.equal('page')
    })

    it('has one node at a path, until that stops; the server goes on', async () => {
      const first = await on('/one')
      expect(await rejectionOf(on('/one'))).to.include({ code: 'EADDRINUSE' })
      await first.stopServer()
      const client = lab.node({ transports: [webSocket()] })
      const url = `ws://127.0.0.1:${port}/one`
      expect(await rejectionOf(client.connectTo(url))).to.include({ statusCode: 404 })
      await on('/one')
      await client.connectTo(url)
    })

    it('leaves other paths to others that listen for upgrades', async () => {
      await on('/one')
      server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
        if (request.url === '/theirs') socket.end('HTTP/1.1 418 Theirs\r\nContent-Length: 0\r\n\r\n')
      })
      const client = lab.node({ transports: [webSocket()] })
      expect(await rejectionOf(client.connectTo(`ws://127.0.0.1:${port}/theirs`))).to.include({ statusCode: 418 })
    })

    it('says at which path it listens where the server does not yet', async () => {
      const later = http.createServer()
      const node = lab.node({ transports: [webSocket({ server: later })] })
      expect(await node.startServer('ws:/one')).to.deep.equal({ url: 'ws:/one' })
    })
  })

  it('reads URLs, and refuses what is none', () => {
    const parse = (text: string): unknown => webSocket().parse(text)
    expect(parse('ws://[::1]:9/x?y=1')).to.deep.equal({ host: '::1', port: 9, url: 'ws://[::1]:9/x?y=1' })
    expect(parse('wss://example.org')).to.deep.equal({ host: 'example.org', port: 443, url: 'wss://example.org/' })
    expect(parse('ws:/path')).to.deep.equal({ url: 'ws:/path' })
    for (const wrong of ['ws:', 'ws://', 'ws:///x', 'ws://a:b', 'ws://a/#b', 'ws://me@a/']) {
      expect(thrownBy(() => parse(wrong)))
        .to.be.instanceOf(TypeError)
        .with.property('message')
        .that.includes(wrong)
    }
  })

  it('refuses options and endpoints that it cannot use', async () => {
    for (const wrong of [{ server: {} }, { headers: null }, { protocol: 7 }, { maxPayload: '1' }, { port: 1 }]) {
      expect(
        thrownBy(() => webSocket(wrong as never)),
        JSON.stringify(wrong),
      ).to.be.instanceOf(TypeError)
    }
    expect(thrownBy(() => webSocket({ maxPayload: 0 }))).to.be.instanceOf(RangeError)
    const node = lab.node({ transports: [webSocket()] })
    for (const call of [node.startServer('ws:/path'), node.connectTo('ws:/path')]) {
      expect(await rejectionOf(call)).to.be.instanceOf(TypeError)
    }
  })

  /** A socket that knows nothing of WebSocket, and ends when the other side does. */
  async function plainTo(url: string): Promise<net.Socket> {
    const socket = net.connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
    socket.on('error', () => {})
    lab.later(() => socket.destroy())
    await once(socket, 'connect')
    return socket.resume()
  }

  describe('at the door', () => {
    /** A connection that has said `text`, and what the node says of it once it is gone. */
    async function knock(options: PeerNodeOptions, text = ''): Promise<{ node: PeerNode; gone: Promise<unknown> }> {
      const { node, url } = await listen(options)
      const socket = await plainTo(url)
      socket.write(text)
      return { node, gone: once(socket, 'close') }
    }

    const REQUEST = 'GET /peers HTTP/1.1\r\nHost: x\r\n'
    const refusals = (node: PeerNode): unknown => node.stats().refused

    it('gives up who asks for no WebSocket in time, also in the midst of asking', async () => {
      for (const text of ['', 'GET /peers HT', REQUEST]) {
        const { node, gone } = await knock({ handshakeTimeoutMs: 50 }, text)
        await gone
        expect(refusals(node)).to.include({ timeout: 1 })
      }
    })

    it('refuses who asks for something else, as a handshake that failed', async () => {
      for (const text of [
        'nonsense\r\n\r\n',
        `${REQUEST}\r\n`,
        `${REQUEST}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
        `${REQUEST.replace('peers', 'else')}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
      ]) {
        const { node, gone } = await knock({}, text)
        await gone
        while (Object.keys(node.stats().refused).length === 0) await new Promise((resolve) => setImmediate(resolve))
        expect(refusals(node), text).to.include({ handshake: 1 })
      }
    })

    it('counts as pending who has not asked yet, and turns the oldest away for those that come', async () => {
      const { node, url } = await listen({ maxPending: 1 })
      const gone = once(await plainTo(url), 'close')
      await plainTo(url)
      await gone
      expect(refusals(node)).to.include({ 'max-pending': 1 })
    })

    it('refuses who is blocked, comes too often or when the node is full, before it has said a word', async () => {
      const blockList = new net.BlockList()
      blockList.addAddress('127.0.0.1')
      for (const [reason, options] of [
        ['blocked', { blockList }],
        ['max-peers', { maxPeers: 1 }],
        ['connection-rate', { connectionRate: { count: 1, perMs: 60_000 } }],
      ] as [string, PeerNodeOptions][]) {
        const { node, url } = await listen(options)
        if (reason !== 'blocked') await dial(url)
        await once(await plainTo(url), 'close')
        expect(refusals(node)).to.deep.equal({ [reason]: 1 })
      }
    })

    it('begins with the request at a path of a server of the user, before it is answered', async () => {
      const server = http.createServer((_request, response) => response.end('page')).listen(0, '127.0.0.1')
      lab.later(() => {
        server.closeAllConnections()
        server.close()
      })
      await once(server, 'listening')
      const node = lab.node({ transports: [webSocket({ server })], maxPeers: 1 })
      const { url } = await node.startServer('ws:/peers')
      const silent = await plainTo(url!)
      await dial(url!)
      const refused = new WebSocket(url!)
      const [error] = (await once(refused, 'error')) as [Error]
      expect(error.message).to.equal('socket hang up')
      expect(refusals(node)).to.deep.equal({ 'max-peers': 1 })
      expect(silent.destroyed).to.equal(false)
    })
  })

  it('resets, or closes, what runs over a socket of the file system', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-'))
    const file = path.join(folder, 'x.sock')
    const server = http.createServer().listen(file)
    lab.later(() => {
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true })
    })
    await once(server, 'listening')
    let close!: () => void
    await webSocket({ server }).listen(
      { url: 'ws:/peers' },
      {
        keepAliveMs: 15_000,
        onConnection: ({ secure }) => {
          void secure!().then(({ duplex }) => (close = () => duplex.destroy(new Error('enough'))))
        },
        onError: () => {},
      },
    )
    const socket = await dial(`ws+unix://${file}:/peers`)
    const closed = once(socket, 'close')
    close()
    expect((await closed)[0]).to.equal(1006)
  })

  describeWith(counterparts.openssl, 'over TLS', (openssl) => {
    const authority = new Authority(openssl)
    const { cert, key, fingerprint } = authority.issue('localhost')
    const ada = authority.issue('ada')
    const ca = authority.own.cert

    describeTransport({
      transport: webSocket(),
      free: () => 'wss://127.0.0.1:0/peers',
      nowhere: () => 'wss://127.0.0.1:1/',
      refusal: 'ECONNREFUSED',
      tls: { cert, key, ca },
    })

    async function serveOverTls(options: PeerNodeOptions = {}): Promise<{ node: PeerNode; url: string }> {
      const node = lab.node({ transports: [webSocket()], tls: { cert, key, ca }, ...options })
      const { url } = await node.startServer('wss://127.0.0.1:0/')
      return { node, url: url! }
    }

    it('carries messages, and an end', async () => {
      const { node, url } = await serveOverTls()
      const client = lab.node({ transports: [webSocket()], tls: { ca } })
      const peer = await client.connectTo(url)
      client.send(Buffer.alloc(1_000_000, 'x'))
      expect((await receiveText(node, 1))[0]).to.have.lengthOf(1_000_000)
      const left = departure(node)
      await peer.close()
      expect((await left).reason).to.equal(undefined)
    })

    it('knows both ends by their certificates, and tells goodPeer', async () => {
      const seen: PeerCandidate[] = []
      const { node, url } = await serveOverTls({
        tls: { cert, key, ca, requestCert: true },
        goodPeer: (candidate) => seen.push(candidate) > 0,
      })
      const joined = arrival(node)
      const client = lab.node({ transports: [webSocket()], tls: { ca, cert: ada.cert, key: ada.key } })
      const peer = await client.connectTo(url)
      expect([peer.identity, (await joined).identity]).to.deep.equal([fingerprint, ada.fingerprint])
      const [{ identity, certificate, authorized, headers }] = seen as [PeerCandidate]
      expect([identity, authorized]).to.deep.equal([ada.fingerprint, true])
      expect(certificate!.subject).to.equal('CN=ada')
      expect(headers).to.have.property('sec-websocket-version')
    })

    it('knows them at a path of a server of the user too', async () => {
      const server = https.createServer({ cert, key, ca, requestCert: true }).listen(0, '127.0.0.1')
      lab.later(() => {
        server.closeAllConnections()
        server.close()
      })
      await once(server, 'listening')
      const node = lab.node({ transports: [webSocket({ server })] })
      const { url } = await node.startServer('ws:/peers')
      const joined = arrival(node)
      const client = lab.node({ transports: [webSocket()], tls: { ca, cert: ada.cert, key: ada.key } })
      await client.connectTo(url!)
      expect((await joined).identity).to.equal(ada.fingerprint)
    })

    it('lets an endpoint override the options of the node, and keeps a key out of what is told', async () => {
      const node = lab.node({ transports: [webSocket()] })
      const { url } = await node.startServer({ url: 'wss://127.0.0.1:0/', tls: { cert, key } })
      const client = lab.node({ transports: [webSocket()] })
      const peer = await client.connectTo({ url: url!, tls: { ca } })
      expect(JSON.stringify(peer.endpoint)).to.not.include('CERTIFICATE')
    })

    it('refuses tls for a URL without it, and to listen without a certificate', async () => {
      const node = lab.node({ transports: [webSocket()] })
      for (const endpoint of [{ url: 'ws://127.0.0.1:0/', tls: { cert, key } }, 'wss://127.0.0.1:0/'])
        expect(await rejectionOf(Promise.resolve().then(() => node.startServer(endpoint)))).to.be.instanceOf(TypeError)
    })

    it('wants the certificate of whom it dials, and tells both ends', async () => {
      const { node, url } = await serveOverTls()
      const stranger = lab.node({ transports: [webSocket()] })
      expect(await rejectionOf(stranger.connectTo(url))).to.be.instanceOf(Error)
      while (node.stats().refused.handshake === undefined) await new Promise((resolve) => setImmediate(resolve))
    })

    it('gives up who does not shake hands in time, or asks for nothing behind that', async () => {
      const { node, url } = await serveOverTls({ handshakeTimeoutMs: 100 })
      const port = Number(new URL(url).port)
      await once(await plainTo(url), 'close')
      const socket = tls.connect({ host: '127.0.0.1', port, ca })
      socket.on('error', () => {})
      await once(socket.resume(), 'close')
      expect(node.stats().refused).to.deep.equal({ timeout: 2 })
    })
  })
})
