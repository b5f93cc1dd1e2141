import { expect } from 'chai'
import { createHash, randomBytes } from 'node:crypto'
import { getEventListeners, once } from 'node:events'
import type net from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeFrame, type IpAddress, type Peer, PeerNode, type PeerNodeOptions } from '../../lib/index.js'
import { hex, text, toHex } from '../support/bytes.js'
import { arrival, departure, Lab, receive, receiveText, rejectionOf } from '../support/lab.js'

describe('PeerNode over TCP', () => {
  const lab = new Lab()
  // A hub, and a bare socket that it took in.
  const openBare = async (options: PeerNodeOptions = {}) => {
    const { node, address } = await lab.listen(options)
    const joined = arrival(node)
    const socket = await lab.dial(address)
    return { node, address, socket, peer: await joined }
  }
  const portWithoutServer = async (): Promise<IpAddress> => {
    const { node, address } = await lab.listen()
    await node.close()
    return address
  }

  describe('has every row of the page it comes from', () => {
    it('TCPSock(bind, connect, handlers, timeout, tick_interval, logger)', async () => {
      const { address } = await lab.listen()
      const lines: string[] = []
      const node = lab.node({
        bind: { port: 0 },
        connect: address,
        handlers: { 0: () => {} },
        timeoutMs: 60_000,
        tickIntervalMs: 1,
        logger: { info: (line) => lines.push(line) },
      })
      const ticked = once(node, 'tick')
      await node.start()
      expect(((await ticked) as [number])[0]).to.be.greaterThan(0)
      expect(lines).to.include(`Peer ${address.host}:${address.port} joined (outbound)`)
    })

    it('start_server(bind, backlog): a second call rejects', async () => {
      const node = lab.node()
      const listening = once(node, 'listening')
      const address = await node.startServer('tcp://127.0.0.1:0', { backlog: 7 })
      expect(await listening).to.deep.equal([address])
      expect(address).to.deep.equal(node.address).and.have.property('port').greaterThan(0)
      const again = { name: 'PeerError', code: 'ERR_ALREADY_LISTENING' }
      expect(await rejectionOf(node.startServer({ port: 0 }))).to.include(again)
      expect(await rejectionOf(node.startServer())).to.be.instanceOf(TypeError)
    })

    it('start_server(bind): also rejects while the first call is on its way', async () => {
      const node = lab.node({ bind: { port: 0 } })
      const [first, second] = [node.startServer(), rejectionOf(node.startServer())]
      expect(await second).to.include({ code: 'ERR_ALREADY_LISTENING' })
      await first
    })

    it('connect_to(endpoint)', async () => {
      const { node, address } = await lab.listen()
      const joined = arrival(node)
      const peer = await lab.node().connectTo(`tcp://${address.host}:${address.port}`)
      expect(peer).to.deep.include({ id: `127.0.0.1:${address.port}`, address, direction: 'outbound' })
      const other = await joined
      expect(other).to.include({ direction: 'inbound' })
      expect(other.id).to.match(/^127\.0\.0\.1:\d+$/)
    })

    it('good_peer(addr)', async () => {
      const { node, address } = await lab.listen({ goodPeer: ({ direction }) => direction !== 'inbound' })
      const socket = await lab.dial(address)
      await once(socket.resume(), 'end')
      expect(node.peers.size).to.equal(0)
      const picky = lab.node({
        goodPeer: async (candidate) => 'port' in candidate.address && candidate.address.port !== address.port,
      })
      expect(await rejectionOf(picky.connectTo(address))).to.include({ code: 'ERR_PEER_REFUSED' })
    })

    it('do_real_read(sock), encode_msg(data): the framing option', async () => {
      const framing = { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 }
      const { node, socket, peer } = await openBare({ framing })
      socket.write(hex('51 00 00 00 06 68 69'))
      expect(toHex((await receive(node, 1))[0]!.data)).to.equal('51 00 00 00 06 68 69')
      node.send(hex('52 00 00 00 00 6f 6b'), peer)
      expect(toHex(((await once(socket, 'data')) as [Buffer])[0])).to.equal('52 00 00 00 06 6f 6b')
    })

    it('handle_client(), handle_client_send(): a pipeline each way', async () => {
      const { node, address } = await lab.listen()
      const joined = arrival(node)
      const client = lab.node()
      const toNode = await client.connectTo(address)
      const toClient = await joined
      const messages = ['', 'hello', 'x'.repeat(3_000_000)].map(text)
      for (const message of messages) client.send(message, toNode)
      for (const message of messages) node.send(message, toClient)
      for (const end of [node, client]) {
        const received = await receive(end, 3)
        expect(received.map(({ data }) => data.length)).to.deep.equal([0, 5, 3_000_000])
        expect(Buffer.compare(received[2]!.data, messages[2]!)).to.equal(0)
      }
    })

    it('read_raw(): the next message of any peer', async () => {
      const { node, address } = await lab.listen()
      const sockets = await Promise.all([1, 2, 3].map(() => lab.dial(address)))
      for (const [i, socket] of sockets.entries()) socket.write(encodeFrame(text(`from ${i}`)))
      expect((await receiveText(node, 3)).sort()).to.deep.equal(['from 0', 'from 1', 'from 2'])
    })

    it('send_raw(data, to_peer): to one peer, or to all', async () => {
      const { node, socket, peer, address } = await openBare()
      const joined = arrival(node)
      const other = await lab.dial(address)
      await joined
      node.sendRaw(hex('00 00 00 01 61'))
      node.sendRaw(hex('00 00 00 01 62'), peer)
      expect(toHex(((await once(other, 'data')) as [Buffer])[0])).to.equal('00 00 00 01 61')
      expect(toHex(((await once(socket, 'data')) as [Buffer])[0])).to.equal('00 00 00 01 61 00 00 00 01 62')
    })

    it('send_msg(type, data), handlers by type', async () => {
      const codec = {
        parse: (message: Buffer) => JSON.parse(message.toString()) as { type: string; data: unknown },
        serialise: (type: string | number, data: unknown) => text(JSON.stringify({ type, data })),
      }
      const heard: unknown[] = []
      const server = lab.keep(new PeerNode<unknown>({ codec, bind: { port: 0 } }))
      server.addHandler('sum', (from, type, data) => {
        server.sendMsg(
          'total',
          (data as number[]).reduce((a, b) => a + b),
          from,
        )
        heard.push(type)
      })
      await server.start()
      const client = lab.keep(new PeerNode<unknown>({ codec }))
      const answer = new Promise((resolve) => client.addHandler('total', (_from, _type, data) => resolve(data)))
      client.sendMsg('sum', [1, 2, 3], await client.connectTo(server.address as IpAddress))
      expect(await answer).to.equal(6)
      expect(heard).to.deep.equal(['sum'])
    })

    it('timeout, close_peer', async () => {
      const { node, address } = await lab.listen({ timeoutMs: 1 })
      const gone = departure(node)
      await once((await lab.dial(address)).resume(), 'end')
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'idle' })
      const other = await openBare()
      const ended = once(other.socket.resume(), 'end')
      other.socket.on('end', () => other.socket.end())
      await other.node.closePeer(other.peer)
      await ended
    })

    it('sock: any duplex', async () => {
      const { address } = await lab.listen()
      const node = lab.node()
      expect(node.attach(await lab.dial(address), { id: 'mine' })).to.deep.include({
        id: 'mine',
        direction: 'attached',
      })
    })
  })

  describe('fails to listen', () => {
    it('at a port in use, and can try again', async () => {
      const { address } = await lab.listen()
      const node = lab.node({ bind: address })
      expect(await rejectionOf(node.start())).to.include({ code: 'EADDRINUSE' })
      expect(node.address).to.equal(undefined)
      expect(await node.startServer({ port: 0 }))
        .to.have.property('port')
        .greaterThan(0)
    })

    it('when its signal is aborted, before or meanwhile, and can try again', async () => {
      const node = lab.node({ bind: { port: 0 } })
      const controller = new AbortController()
      expect(await rejectionOf(node.startServer(undefined, { signal: AbortSignal.abort('before') }))).to.equal('before')
      const started = rejectionOf(node.start({ signal: controller.signal }))
      controller.abort('meanwhile')
      expect(await started).to.equal('meanwhile')
      expect(getEventListeners(controller.signal, 'abort')).to.be.empty
      await node.startServer()
    })

    it('when it is closed meanwhile', async () => {
      const node = lab.node({ bind: { port: 0 } })
      const [started, closed] = [rejectionOf(node.start()), node.close()]
      await closed
      expect(await started).to.include({ code: 'ERR_NODE_CLOSED' })
    })
  })

  describe('fails to connect', () => {
    it('where nobody listens', async () => {
      expect(await rejectionOf(lab.node().connectTo(await portWithoutServer()))).to.include({ code: 'ECONNREFUSED' })
    })

    it('when its signal is aborted, before or meanwhile', async () => {
      const { address } = await lab.listen()
      const node = lab.node()
      expect(await rejectionOf(node.connectTo(address, { signal: AbortSignal.abort('before') }))).to.equal('before')
      const controller = new AbortController()
      const dialled = rejectionOf(node.connectTo(address, { signal: controller.signal }))
      controller.abort('meanwhile')
      expect(await dialled).to.equal('meanwhile')
      expect(getEventListeners(controller.signal, 'abort')).to.be.empty
      await node.connectTo(address)
    })

    it('when it is closed meanwhile', async () => {
      const { address } = await lab.listen()
      const node = lab.node()
      const [dialled, closed] = [rejectionOf(node.connectTo(address)), node.close()]
      expect(await dialled).to.include({ code: 'ERR_NODE_CLOSED' })
      await closed
    })
  })

  describe('law 8: one bad peer harms itself only', () => {
    const faults: readonly (readonly [what: string, act: (socket: net.Socket) => void, code: string])[] = [
      ['claims a huge length', (socket) => socket.write(hex('ff ff ff ff')), 'ERR_MESSAGE_TOO_LARGE'],
      ['ends inside a header', (socket) => socket.end(hex('00 00')), 'ERR_FRAME_TRUNCATED'],
      ['ends right after a header', (socket) => socket.end(hex('00 00 00 02')), 'ERR_FRAME_TRUNCATED'],
      ['ends inside a payload', (socket) => socket.end(hex('00 00 00 02 68')), 'ERR_FRAME_TRUNCATED'],
    ]
    for (const [what, act, code] of faults) {
      it(`when it ${what}`, async () => {
        const { node, socket, peer, address } = await openBare()
        const joined = arrival(node)
        const good = await lab.dial(address)
        await joined
        const reasons: unknown[] = []
        node.on('disconnect', (_peer, reason) => reasons.push(reason))
        const gone = departure(node)
        socket.write(encodeFrame(text('before')))
        act(socket)
        expect((await gone).peer).to.equal(peer)
        good.write(encodeFrame(text('I am well')))
        expect(await receiveText(node, 2)).to.deep.equal(['before', 'I am well'])
        expect(reasons).to.have.lengthOf(1)
        expect(reasons[0]).to.include({ code })
      })
    }

    it('when it resets the connection inside a frame', async () => {
      const { node, socket, peer } = await openBare()
      const gone = departure(node)
      socket.write(encodeFrame(text('before')))
      expect(await receiveText(node, 1)).to.deep.equal(['before'])
      // What it answers has been read when the reset comes, so that the reset cannot overtake it.
      node.send(text('go on'), peer)
      await once(socket, 'data')
      socket.write(encodeFrame(text('whole')))
      expect(await receiveText(node, 1)).to.deep.equal(['whole'])
      socket.resetAndDestroy()
      expect((await gone).reason).to.include({ code: 'ECONNRESET' })
    })

    it('when it never reads: it alone is closed', async () => {
      const { node, address, peer, socket } = await openBare({ outboundLimit: 1_000_000 })
      const joined = arrival(node)
      const good = await lab.dial(address)
      await joined
      let received = 0
      good.on('data', (chunk: Buffer) => (received += chunk.length))
      socket.pause()
      const gone = departure(node)
      const message = randomBytes(1_000_000)
      let sent = 0
      const sending = (async () => {
        while (peer.isOpen) {
          node.send(message)
          sent++
          while (received < sent * 1_000_004) await once(good, 'data')
        }
      })()
      expect(await gone).to.deep.include({ peer })
      await sending
      expect((await gone).reason).to.include({ code: 'ERR_SLOW_CONSUMER', limit: 1_000_000 })
      expect(node.peers.size).to.equal(1)
    })
  })

  it('is not read from faster than it is read: the sender has to wait, and nothing is lost', async () => {
    const { node, address } = await lab.listen({ inboundLimit: 100_000 })
    const sender = lab.node({ outboundLimit: Infinity })
    const toNode = await sender.connectTo(address)
    const message = randomBytes(100_000)
    // More than the buffers of both ends and of the system hold.
    for (let i = 0; i < 400; i++) sender.send(message, toNode)
    expect(sender.send(message, toNode)).to.be.false
    let isDrained = false
    const drained = sender.drained(toNode).then(() => (isDrained = true))
    // A quiet peer is heard meanwhile.
    const quiet = await lab.dial(address)
    for (let i = 0; i < 20; i++) {
      const joined = arrival(node)
      const other = await lab.dial(address)
      node.send(text('ping'), await joined)
      await once(other, 'data')
    }
    quiet.write(encodeFrame(text('quiet')))
    expect(isDrained).to.be.false
    let [count, quietAt] = [0, -1]
    const hash = createHash('sha1').update(message).digest('hex')
    for await (const { data } of node.readRaw()) {
      if (data.length === 5) quietAt = count
      else expect(createHash('sha1').update(data).digest('hex')).to.equal(hash)
      if (++count === 402) break
    }
    expect(quietAt).to.be.at.least(0)
    await drained
  })

  describe('closes', () => {
    it('after it has sent what waits, to all its peers', async () => {
      const { node, address } = await lab.listen()
      const clients = [lab.node(), lab.node()]
      for (const client of clients) {
        const joined = arrival(node)
        await client.connectTo(address)
        await joined
      }
      node.send(text('x'.repeat(2_000_000)))
      node.send(text('bye'))
      const left = clients.map((client) => departure(client))
      const closed = node.close()
      for (const client of clients) {
        const [long, short] = await receiveText(client, 2)
        expect([long!.length, short]).to.deep.equal([2_000_000, 'bye'])
      }
      await closed
      for (const { reason } of await Promise.all(left)) expect(reason).to.equal(undefined)
    })

    it('within closeTimeoutMs when a peer takes nothing', async () => {
      const { node, socket, peer } = await openBare({ closeTimeoutMs: 20, outboundLimit: Infinity })
      socket.pause()
      const gone = departure(node)
      for (let i = 0; i < 32; i++) node.send(Buffer.alloc(1_000_000), peer)
      await node.close()
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'close' })
    })

    it('within closeTimeoutMs when a peer does not end', async () => {
      const { node, socket } = await openBare({ closeTimeoutMs: 20 })
      const gone = departure(node)
      const ended = once(socket.resume(), 'end')
      await node.close()
      await ended
      expect((await gone).reason).to.equal(undefined)
    })

    it('while others close too', async () => {
      const { node, address } = await lab.listen()
      const client = lab.node()
      const joined = arrival(node)
      await client.connectTo(address)
      await joined
      await Promise.all([node.close(), client.close(), node.close()])
    })

    it('and lets go of its port', async () => {
      const { node, address } = await lab.listen()
      await node.close()
      expect(await rejectionOf(lab.node().connectTo(address))).to.include({ code: 'ECONNREFUSED' })
      await lab.node().startServer(address)
    })
  })

  it('dials the same endpoint twice', async () => {
    const { address } = await lab.listen()
    const node = lab.node({ connect: [address, address] })
    await node.start()
    const id = `127.0.0.1:${address.port}`
    expect([...node.peers.keys()]).to.deep.equal([id, `${id}#2`])
  })

  it('reads nothing of a candidate before it is a peer', async () => {
    let accept: ((yes: boolean) => void) | undefined
    const address = await lab.serve((socket) => void socket.end(encodeFrame(text('greeting'))))
    const node = lab.node({ goodPeer: () => new Promise((resolve) => (accept = resolve)) })
    const dialled = node.connectTo(address)
    // Another connection is served from its begin to its end meanwhile.
    await once((await lab.dial(address)).resume(), 'end')
    const gone = departure(node)
    accept!(true)
    const peer: Peer = await dialled
    expect(await receiveText(node, 1)).to.deep.equal(['greeting'])
    expect(await gone).to.deep.equal({ peer, reason: undefined })
  })

  it('listens and dials over Unix sockets', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-'))
    lab.later(() => rmSync(folder, { recursive: true }))
    const bind = path.join(folder, 'x.sock')
    const server = lab.node({ bind: { path: bind } })
    await server.start()
    expect(server.address).to.deep.equal({ path: bind })
    const joined = arrival(server)
    const client = lab.node()
    const toServer = await client.connectTo(`unix:${bind}`)
    expect(toServer).to.deep.include({ id: bind, address: { path: bind }, direction: 'outbound' })
    client.send(text('hello'), toServer)
    expect(await receiveText(server, 1)).to.deep.equal(['hello'])
    expect(await joined).to.deep.include({ id: bind, direction: 'inbound' })
    expect(await rejectionOf(lab.node().startServer({ path: bind }))).to.include({ code: 'EADDRINUSE' })
    expect(await rejectionOf(lab.node().connectTo({ path: `${bind}.not` }))).to.include({ code: 'ENOENT' })
  })

  it('has no transport for TLS', async () => {
    expect(await rejectionOf(lab.node().connectTo('tls://127.0.0.1:1'))).to.be.instanceOf(TypeError)
  })
})
