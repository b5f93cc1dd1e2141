import { expect } from 'chai'
import { createHash, randomBytes } from 'node:crypto'
import { getEventListeners, once } from 'node:events'
import type net from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { encodeFrame, type IpAddress, type Peer, type PeerNodeOptions } from '../../lib/index.js'
import { hex, text } from '../support/bytes.js'
import { arrival, departure, Lab, receiveText, rejectionOf } from '../support/lab.js'

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

  describe('sees that a peer which it does not read has died (threat 18)', () => {
    const said = 'a'.repeat(200)
    const openDead = async () => {
      const { node, socket, peer } = await openBare({ inboundLimit: 100 })
      const gone = departure(node)
      socket.write(encodeFrame(text(said)))
      while (peer.stats.paused === 0) await setImmediate()
      socket.resetAndDestroy()
      await once(socket, 'close')
      return { node, peer, gone }
    }

    it('when it reads on, after all that it had said', async () => {
      const { node, gone } = await openDead()
      expect(await receiveText(node, 1)).to.deep.equal([said])
      expect((await gone).reason).to.include({ code: 'ECONNRESET' })
    })

    it('when it sends to it, and can still read what it had said', async () => {
      const { node, peer, gone } = await openDead()
      node.send(text('are you there?'), peer)
      const { reason } = await gone
      expect(reason).to.have.property('code').that.is.oneOf(['ECONNRESET', 'EPIPE'])
      expect(await receiveText(node, 1)).to.deep.equal([said])
    })
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
    const name = `127.0.0.1:${address.port}`
    expect([...node.peers.keys()]).to.deep.equal([`${name}#1`, `${name}#2`])
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
    expect(toServer).to.deep.include({
      id: `${bind}#1`,
      address: { path: bind },
      endpoint: { path: bind },
      direction: 'outbound',
    })
    client.send(text('hello'), toServer)
    expect(await receiveText(server, 1)).to.deep.equal(['hello'])
    expect(await joined).to.deep.include({ id: `${bind}#1`, direction: 'inbound' })
    expect(await rejectionOf(lab.node().startServer({ path: bind }))).to.include({ code: 'EADDRINUSE' })
    expect(await rejectionOf(lab.node().connectTo({ path: `${bind}.not` }))).to.include({ code: 'ENOENT' })
  })
})
