import { expect } from 'chai'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import type { PeerCandidate, PeerNode, PeerNodeOptions } from '../../lib/index.js'
import { connectWebSocket, type MessageStreams } from '../../lib/web.js'
import { webSocket } from '../../lib/websocket.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { departure, Lab, receiveText, rejectionOf } from '../support/lab.js'
import { KINDS, usePage } from './page.js'

const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

async function textsIn(readable: ReadableStream<Uint8Array>): Promise<string[]> {
  const texts: string[] = []
  for await (const message of readable) texts.push(textOf(message))
  return texts
}

describe('connectWebSocket', () => {
  const lab = new Lab()
  let forget: () => void

  // Node 20 has no WebSocket; this one keeps to what browsers have.
  before(() => {
    const had = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
    Object.defineProperty(globalThis, 'WebSocket', { value: WebSocket, configurable: true })
    forget = () => {
      if (had === undefined) Reflect.deleteProperty(globalThis, 'WebSocket')
      else Object.defineProperty(globalThis, 'WebSocket', had)
    }
  })
  after(() => forget())

  async function listen(options: PeerNodeOptions = {}): Promise<{ node: PeerNode; url: string }> {
    const node = lab.node({ transports: [webSocket()], ...options })
    const { url } = await node.startServer('ws://127.0.0.1:0/peers')
    return { node, url: url! }
  }

  async function open(options?: PeerNodeOptions): Promise<MessageStreams & { node: PeerNode }> {
    const { node, url } = await listen(options)
    return { node, ...(await connectWebSocket(url)) }
  }

  it('makes a peer of a node, and carries messages both ways, empty ones too', async () => {
    const { node, readable, writable } = await open()
    const writer = writable.getWriter()
    for (const text of ['one', '', 'three']) await writer.write(bytesOf(text))
    expect(await receiveText(node, 3)).to.deep.equal(['one', '', 'three'])
    for (const text of ['', 'yes']) node.send(bytesOf(text))
    const reader = readable.getReader()
    expect(textOf((await reader.read()).value)).to.equal('')
    expect(textOf((await reader.read()).value)).to.equal('yes')
  })

  it('ends one side, and is answered after that', async () => {
    const { node, readable, writable } = await open()
    const left = departure(node)
    const writer = writable.getWriter()
    await writer.write(bytesOf('question'))
    await writer.close()
    for await (const { from } of node.readRaw()) {
      from.send(bytesOf('answer'))
      break
    }
    expect(await textsIn(readable)).to.deep.equal(['answer'])
    expect((await left).reason).to.equal(undefined)
  })

  it('hears that the node has ended its side, and goes on with its own', async () => {
    const { node, readable, writable } = await open()
    const [peer] = node.peers.values()
    peer!.end()
    expect(await textsIn(readable)).to.deep.equal([])
    const writer = writable.getWriter()
    await writer.write(bytesOf('still here'))
    expect(await receiveText(node, 1)).to.deep.equal(['still here'])
    const left = departure(node)
    await writer.close()
    expect((await left).reason).to.equal(undefined)
  })

  it('takes what is not read after its reader has left, up to the end', async () => {
    const { node, readable, writable } = await open()
    const left = departure(node)
    node.send(bytesOf('one'))
    node.send(bytesOf('two'))
    for await (const message of readable) {
      expect(textOf(message)).to.equal('one')
      break
    }
    await writable.close()
    expect((await left).reason).to.equal(undefined)
  })

  it('tells both of its streams that the connection was cut', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    lab.later(() => server.close())
    await once(server, 'listening')
    server.on('connection', (socket) => setImmediate(() => socket.terminate()))
    const { readable, writable } = await connectWebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const writer = writable.getWriter()
    expect(await rejectionOf(readable.getReader().read())).to.include({ code: 'ERR_PEER_GONE' })
    expect(await rejectionOf(writer.closed)).to.include({ code: 'ERR_PEER_GONE' })
  })

  it('tells the node that it was cut, where it gives up', async () => {
    const { node, writable } = await open()
    const left = departure(node)
    await writable.abort('enough')
    expect((await left).reason).to.include({ code: 'ECONNRESET', closeCode: 4000 })
  })

  it('writes to a server without the subprotocol, and ends with a Close frame', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    lab.later(() => server.close())
    await once(server, 'listening')
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => {
        socket.on('message', (data) => socket.send(data))
        socket.on('close', resolve)
      })
    })
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { readable, writable } = await connectWebSocket(url, { protocol: '' })
    const writer = writable.getWriter()
    await writer.write(bytesOf('echo'))
    const reader = readable.getReader()
    expect(textOf((await reader.read()).value)).to.equal('echo')
    await writer.close()
    expect((await reader.read()).done).to.equal(true)
    expect(await closed).to.equal(1000)
  })

  it('frames as it is told, and refuses what is too long before it is sent', async () => {
    const framing = { maxMessageLength: 10 }
    const { node, url } = await listen({ framing })
    const { writable } = await connectWebSocket(url, { framing })
    const writer = writable.getWriter()
    await writer.write(bytesOf('short'))
    expect(await receiveText(node, 1)).to.deep.equal(['short'])
    expect(await rejectionOf(writer.write(new Uint8Array(11)))).to.include({ code: 'ERR_MESSAGE_TOO_LARGE' })
  })

  it('rejects where nothing listens, and with the reason of its signal', async () => {
    expect(await rejectionOf(connectWebSocket('ws://127.0.0.1:1/'))).to.include({ code: 'ERR_PEER_REFUSED' })
    const { url } = await listen()
    expect(await rejectionOf(connectWebSocket(url, { signal: AbortSignal.abort('no') }))).to.equal('no')
    const abort = new AbortController()
    const dialled = connectWebSocket(url, { signal: abort.signal })
    abort.abort('enough')
    expect(await rejectionOf(dialled)).to.equal('enough')
  })

  it('refuses options that are none', async () => {
    expect(await rejectionOf(connectWebSocket('ws://x', { protocl: 'x' } as never))).to.be.instanceOf(TypeError)
    expect(await rejectionOf(connectWebSocket('ws://x', { protocol: 5 } as never))).to.be.instanceOf(TypeError)
  })
})

describeWith(counterparts.chromium, 'a page in Chromium as a peer', (executablePath) => {
  const pages = usePage(executablePath)

  for (const kind of KINDS) {
    describe(`over ${kind}`, () => {
      const { run, listen, origin, cutAll } = pages(kind)

      it('talks to a node, which knows from which site it is', async () => {
        const seen: PeerCandidate[] = []
        const { node, url } = await listen({ goodPeer: (candidate) => seen.push(candidate) > 0 })
        node.addHandler(0, (from, _type, data) => void from.send(bytesOf(`${textOf(data)}!`)))
        const left = departure(node)
        expect(await run('talk', url, ['one', '', 'three'])).to.deep.equal(['one!', '!', 'three!'])
        expect((await left).reason).to.equal(undefined)
        expect(seen.map(({ headers }) => headers?.origin)).to.deep.equal([origin()])
      })

      it('is turned away by a node that does not like its origin', async () => {
        const { node, url } = await listen({ goodPeer: ({ headers }) => headers?.origin === 'https://example.org' })
        // The headers are judged behind the handshake, and the connection below it is closed then.
        const error = await rejectionOf(run('talk', url, []))
        expect(error).to.have.property('message').that.includes('closed with code 1006')
        expect(node.peers.size).to.equal(0)
      })

      it('is told that its node has gone away', async () => {
        const { node, url } = await listen()
        const cut = run('untilCut', url)
        await receiveText(node, 1)
        // As when a process is killed.
        cutAll()
        expect(await cut).to.deep.equal(['ERR_PEER_GONE', 'ERR_PEER_GONE'])
      })

      it('is refused where nothing listens', async () => {
        expect(await run('refusal', `${origin().replace('http', 'ws')}/nowhere`)).to.equal('ERR_PEER_REFUSED')
      })
    })
  }
})
