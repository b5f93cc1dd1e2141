/** Runs every row of docs/from-socktools.md. */
import { readFileSync } from 'node:fs'
import type net from 'node:net'
import { expect } from 'chai'
import { once } from 'node:events'
import { type Transform } from 'node:stream'
import {
  encodeFrame,
  type IpAddress,
  LengthPrefixDecoder,
  LengthPrefixEncoder,
  type Peer,
  PeerNode,
  type PeerNodeOptions,
  uint16be,
} from '../lib/index.js'
import { hex, text, toHex } from './support/bytes.js'
import { arrival, departure, Lab, receive, receiveText, rejectionOf, settled } from './support/lab.js'

const page = readFileSync(new URL('../docs/from-socktools.md', import.meta.url), 'utf8')
const rows = Array.from(page.matchAll(/^\| `(?<name>[^`]+)` +\|/gm), (match) => match.groups!['name']!)

const codec = {
  parse: (message: Buffer) => JSON.parse(message.toString()) as { type: string; data: unknown },
  serialise: (type: string | number, data: unknown) => text(JSON.stringify({ type, data })),
}

describe('coming from socktools:', () => {
  const lab = new Lab()

  /** A node that listens, and the bare other end of its only peer. */
  async function openBare(
    options: PeerNodeOptions = {},
  ): Promise<{ node: PeerNode; address: IpAddress; socket: net.Socket; peer: Peer }> {
    const { node, address } = await lab.listen(options)
    const joined = arrival(node)
    const socket = await lab.dial(address)
    return { node, address, socket, peer: await joined }
  }

  class ShortNode extends PeerNode {
    protected override createEncoder(): Transform {
      return new LengthPrefixEncoder({ lengthField: uint16be })
    }

    protected override createDecoder(): Transform {
      return new LengthPrefixDecoder({ lengthField: uint16be })
    }
  }

  class LineNode extends PeerNode {
    protected override encodeMsg(message: Uint8Array): Uint8Array {
      return Buffer.concat([message, text('\n')])
    }
  }

  const run: Readonly<Record<string, () => Promise<void>>> = {
    'TCPSock(…)': async () => {
      const [server, client] = [lab.node({ bind: { port: 0 } }), lab.node()]
      await server.start()
      client.send(text('hi'), await client.connectTo(server.address!))
      expect(await receiveText(server, 1)).to.deep.equal(['hi'])
    },
    'bind=(ip, port)': async () => {
      const node = lab.node({ bind: [{ host: '127.0.0.1', port: 0 }, 'tcp://[::1]:0'] })
      await node.start()
      expect(node.addresses.map(({ host }) => host)).to.deep.equal(['127.0.0.1', '::1'])
    },
    'connect=(ip, port)': async () => {
      const servers = [await lab.listen(), await lab.listen()]
      const node = lab.node({ connect: servers.map(({ address }) => address) })
      await node.start()
      expect(node.peers.size).to.equal(2)
    },
    'handlers={}': async () => {
      const heard = new Promise<string>((resolve) => {
        const node = lab.node({ handlers: { 0: (_from, _type, data) => resolve(Buffer.from(data).toString()) } })
        lab.attach(node).wire.write(encodeFrame(text('hi')))
      })
      expect(await heard).to.equal('hi')
    },
    'timeout=10': async () => {
      const { node, address } = await lab.listen({ timeoutMs: 1 })
      const gone = departure(node)
      await once((await lab.dial(address)).resume(), 'end')
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'idle' })
    },
    'tick_interval=0.25': async () => {
      const [elapsedMs] = (await once(lab.node({ tickIntervalMs: 5 }), 'tick')) as [number]
      expect(elapsedMs).to.be.within(4, 1000)
    },
    'sock=None': async () => {
      const { address } = await lab.listen()
      const peer = lab.node().attach(await lab.dial(address), { id: 'mine' })
      expect(peer).to.include({ id: 'mine', direction: 'attached' })
    },
    'meta_sock=None': async () => {
      const node = lab.node({ bind: [{ port: 0 }, 'memory:'] })
      await node.start()
      for (const address of node.addresses) {
        const client = lab.node()
        client.send(text('hi'), await client.connectTo(address))
      }
      expect(await receiveText(node, 2)).to.deep.equal(['hi', 'hi'])
    },
    'logger=None': async () => {
      const lines: string[] = []
      const node = lab.node({ logger: { info: (_fields, line) => lines.push(line) } })
      const { port } = (await node.startServer({ port: 0 })) as IpAddress
      expect(lines).to.deep.equal([`Listening at 127.0.0.1:${port}`])
    },
    'no_async=False': async () => {
      const node = lab.node()
      const story: string[] = []
      node.addHandler(0, async (from, _type, data) => {
        story.push(`${from.id} begins ${Buffer.from(data).toString()}`)
        await settled()
        story.push(`${from.id} ends ${Buffer.from(data).toString()}`)
      })
      const [a, b] = [lab.attach(node), lab.attach(node)]
      a.wire.write(Buffer.concat([encodeFrame(text('1')), encodeFrame(text('2'))]))
      b.wire.write(encodeFrame(text('3')))
      for (let i = 0; i < 5; i++) await settled()
      const ofA = story.filter((line) => line.startsWith(a.peer.id)).map((line) => line.slice(a.peer.id.length + 1))
      expect(ofA).to.deep.equal(['begins 1', 'ends 1', 'begins 2', 'ends 2'])
      expect(story.indexOf(`${b.peer.id} begins 3`)).to.be.lessThan(story.indexOf(`${a.peer.id} ends 1`))
    },
    'connect_to(endpoint)': async () => {
      const { address } = await lab.listen()
      const peer = await lab.node().connectTo(`tcp://${address.host}:${address.port}`)
      expect(peer).to.deep.include({ address, direction: 'outbound' })
    },
    'create_socket(no_reuse=False)': async () => {
      // Without SO_REUSEADDR the port would be in use for a minute, for the sake of the connection that was closed here.
      const { node, address, socket, peer } = await openBare()
      socket.on('end', () => socket.end()).resume()
      await node.closePeer(peer)
      await node.close()
      await lab.node().startServer(address)
    },
    'do_real_read(s)': async () => {
      const framing = { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 }
      const { node, socket } = await openBare({ framing })
      socket.write(hex('51 00 00 00 06 68 69'))
      expect(toHex((await receive(node, 1))[0]!.data)).to.equal('51 00 00 00 06 68 69')
      const short = lab.keep(new ShortNode())
      lab.attach(short).wire.write(hex('00 02 68 69'))
      expect(await receiveText(short, 1)).to.deep.equal(['hi'])
    },
    'encode_msg(data)': async () => {
      const [short, lines] = [lab.keep(new ShortNode()), lab.keep(new LineNode())]
      const [one, other] = [lab.attach(short), lab.attach(lines)]
      short.send(text('hi'), one.peer)
      lines.send(text('hi'), other.peer)
      expect(toHex(((await once(one.wire, 'data')) as [Buffer])[0])).to.equal('00 02 68 69')
      expect(toHex(((await once(other.wire, 'data')) as [Buffer])[0])).to.equal('68 69 0a')
    },
    'decode_msg(data)': async () => {
      const node = lab.keep(new PeerNode<unknown>({ codec }))
      const heard = new Promise((resolve) => node.addHandler('sum', (_from, _type, data) => resolve(data)))
      lab.attach(node).wire.write(encodeFrame(text('{"type":"sum","data":[1,2]}')))
      expect(await heard).to.deep.equal([1, 2])
    },
    'handle_client(addr, sock)': async () => {
      const { node, socket } = await openBare({ inboundLimit: 100_000 })
      socket.write(Buffer.concat(Array.from({ length: 4000 }, () => encodeFrame(Buffer.alloc(1000)))))
      await settled()
      expect(await receive(node, 4000)).to.have.lengthOf(4000)
    },
    'handle_client_send(addr, sock)': async () => {
      const { node, socket, peer } = await openBare({ outboundLimit: 100_000 })
      socket.pause()
      while (node.send(Buffer.alloc(10_000), peer));
      expect(peer.stats.waiting).to.be.at.least(100_000)
      expect(await node.drained(peer)).to.equal(true)
    },
    'read_raw()': async () => {
      const { node, address } = await lab.listen()
      const sockets = await Promise.all([1, 2, 3].map(() => lab.dial(address)))
      for (const [i, socket] of sockets.entries()) socket.write(encodeFrame(text(`from ${i}`)))
      expect((await receiveText(node, 3)).sort()).to.deep.equal(['from 0', 'from 1', 'from 2'])
      const next = node.readRaw().next()
      sockets[0]!.write(encodeFrame(text('one more')))
      expect((await next).value?.data.toString()).to.equal('one more')
    },
    recv_q: async () => {
      const node = lab.node()
      const [loud, quiet] = [lab.attach(node), lab.attach(node)]
      loud.wire.write(Buffer.concat(Array.from({ length: 100 }, () => encodeFrame(text('me')))))
      await settled()
      quiet.wire.write(encodeFrame(text('may I')))
      await settled()
      expect((await receiveText(node, 2)).sort()).to.deep.equal(['may I', 'me'])
    },
    'send_raw(data, to_peer=None)': async () => {
      const { node, socket, peer, address } = await openBare()
      const joined = arrival(node)
      const other = await lab.dial(address)
      await joined
      node.sendRaw(hex('00 00 00 01 61'))
      node.send(text('b'), peer)
      expect(toHex(((await once(other, 'data')) as [Buffer])[0])).to.equal('00 00 00 01 61')
      expect(toHex(((await once(socket, 'data')) as [Buffer])[0])).to.equal('00 00 00 01 61 00 00 00 01 62')
    },
    sendq: async () => {
      const { node, peer } = await openBare()
      node.send(text('hi'), peer)
      expect(peer.stats.waiting).to.equal(6)
      expect(await node.drained(peer)).to.equal(true)
    },
    'send_msg(type, data)': async () => {
      const [server, client] = [0, 0].map(() => lab.keep(new PeerNode<unknown>({ codec })))
      server!.addHandler('sum', (from, _type, data) => {
        server!.sendMsg(
          'total',
          (data as number[]).reduce((a, b) => a + b),
          from,
        )
      })
      const answer = new Promise((resolve) => client!.addHandler('total', (_from, _type, data) => resolve(data)))
      client!.sendMsg('sum', [1, 2, 3], await client!.connectTo(await server!.startServer({ port: 0 })))
      expect(await answer).to.equal(6)
    },
    'good_peer(addr)': async () => {
      const { node, address } = await lab.listen({ goodPeer: ({ direction }) => direction !== 'inbound' })
      const socket = await lab.dial(address)
      await once(socket.resume(), 'end')
      expect(node.peers.size).to.equal(0)
      const picky = lab.node({ goodPeer: async ({ address: { port } }) => port !== address.port })
      expect(await rejectionOf(picky.connectTo(address))).to.include({ code: 'ERR_PEER_REFUSED' })
    },
    'server_thread()': async () => {
      const { node, address } = await lab.listen()
      await Promise.all([lab.dial(address), lab.dial(address)])
      while (node.peers.size < 2) await arrival(node)
    },
    'start_server(bind=None, backlog=1)': async () => {
      const node = lab.node({ bind: { port: 0 } })
      const listening = once(node, 'listening')
      const address = await node.startServer('tcp://127.0.0.1:0', { backlog: 7 })
      expect(await listening).to.deep.equal([address])
      const again = { name: 'PeerError', code: 'ERR_ALREADY_LISTENING' }
      expect(await rejectionOf(node.startServer({ port: 0 }))).to.include(again)
      expect(await rejectionOf(node.startServer())).to.include(again)
      const other = lab.node({ bind: { port: 0 } })
      const [first, second] = [other.startServer(), rejectionOf(other.startServer())]
      expect(await second).to.include(again)
      await first
    },
    'close_peer(peer)': async () => {
      const { node, socket, peer } = await openBare()
      const ended = once(socket.resume(), 'end')
      socket.on('end', () => socket.end())
      node.send(text('goodbye'), peer)
      await node.closePeer(peer)
      await ended
      expect(socket.bytesRead).to.equal(11)
    },
  }

  it('every row of the page is run', () => {
    expect(Object.keys(run)).to.deep.equal(rows)
  })

  for (const [name, row] of Object.entries(run)) it(name, row)
})
