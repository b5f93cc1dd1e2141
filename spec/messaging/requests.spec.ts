import { once } from 'node:events'
import { expect } from 'chai'
import {
  type Codec,
  decodeFrames,
  encodeFrame,
  type Endpoint,
  type Handler,
  jsonCodec,
  type Peer,
  PeerNode,
  type PeerNodeOptions,
} from '../../lib/index.js'
import { Clock } from '../support/clock.js'
import { Lab, rejectionOf, settled } from '../support/lab.js'

type Options = PeerNodeOptions<unknown>

/** Two nodes that can ask each other. */
interface Couple {
  readonly client: PeerNode<unknown>
  readonly server: PeerNode<unknown>
  readonly toServer: Peer
  readonly toClient: Peer
}

const couple = async (lab: Lab, endpoint: Endpoint, server: Options = {}, client: Options = {}): Promise<Couple> => {
  const nodes = [server, client].map((options) => {
    const node = lab.keep(new PeerNode<unknown>({ codec: jsonCodec(), closeTimeoutMs: 50, ...options }))
    // Some specs are about what is reported; the others only must not end by it.
    node.on('error', () => {})
    return node
  }) as [PeerNode<unknown>, PeerNode<unknown>]
  const joined = once(nodes[0], 'peer') as Promise<[Peer]>
  const toServer = await nodes[1].connectTo(await nodes[0].startServer(endpoint))
  const [toClient] = await joined
  return { server: nodes[0], client: nodes[1], toServer, toClient }
}

const sum = (_from: Peer, _type: unknown, numbers: unknown): number =>
  (numbers as number[]).reduce((total, number) => total + number, 0)

/** Works until there is no use in it any more. */
const untilAborted: Handler<unknown> = async (_from, _type, _data, { signal }) => {
  if (!signal.aborted) await once(signal, 'abort')
}

/** A promise, and what settles it. */
const gate = <T = void>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } => {
  let open: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => (open = resolve))
  return { promise, open }
}

const endpoints: Readonly<Record<string, () => Endpoint>> = {
  memory: () => 'memory:',
  tcp: () => ({ port: 0 }),
}

for (const [name, endpoint] of Object.entries(endpoints)) {
  describe(`requests over ${name}`, () => {
    const lab = new Lab()
    const open = (server: Options = {}, client: Options = {}): Promise<Couple> =>
      couple(lab, endpoint(), server, client)

    it('resolve with what the handler returns', async () => {
      const { client, toServer } = await open({ handlers: { add: sum } })
      expect(await client.request('add', [1, 2, 3], toServer)).to.equal(6)
      expect(await client.request('add', [4], toServer.id)).to.equal(4)
    })

    it('resolve with what the promise of the handler gives', async () => {
      const { client, toServer } = await open({ handlers: { get: async () => ({ a: [null, 'ä'] }) } })
      expect(await client.request('get', undefined, toServer)).to.deep.equal({ a: [null, 'ä'] })
    })

    it('resolve with undefined when no handler returns anything, and with null when one does', async () => {
      const { client, toServer } = await open({ handlers: { none: () => {}, later: async () => {}, null: () => null } })
      expect(await client.request('none', 1, toServer)).to.equal(undefined)
      expect(await client.request('later', 1, toServer)).to.equal(undefined)
      expect(await client.request('null', 1, toServer)).to.equal(null)
    })

    it('resolve with what looks like a promise, and is none', async () => {
      const { client, toServer } = await open({
        handlers: { now: () => ({ then: 1 }), later: async () => ({ then: 1 }) },
      })
      expect(await client.request('now', 1, toServer)).to.deep.equal({ then: 1 })
      expect(await client.request('later', 1, toServer)).to.deep.equal({ then: 1 })
    })

    it('reject when our side has ended', async () => {
      const { client, toServer } = await open({ handlers: { get: () => 1 } })
      toServer.end()
      expect(await rejectionOf(client.request('get', 0, toServer))).to.include({ code: 'ERR_PEER_GONE' })
    })

    it('are answered by the first handler that returns a value, in the order of adding', async () => {
      const { client, server, toServer } = await open()
      const called: number[] = []
      const slow = gate()
      server.addHandler('get', () => void called.push(1))
      server.addHandler('get', async () => {
        called.push(2)
        await settled()
        return 'second'
      })
      server.addHandler('get', () => called.push(3))
      server.addHandler('get', () => slow.promise)
      expect(await client.request('get', 0, toServer)).to.equal('second')
      expect(called).to.deep.equal([1, 2, 3])
      slow.open()
    })

    it('are answered by the next handler when one throws', async () => {
      const { client, server, toServer } = await open()
      server.addHandler('get', async () => {
        await settled()
        throw new Error('My fault')
      })
      server.addHandler('get', () => 'second')
      expect(await client.request('get', 0, toServer)).to.equal('second')
    })

    it('reject with the message of what the handler throws, and not with its stack', async () => {
      const { client, server, toServer } = await open({
        handlers: {
          throw: () => {
            throw new RangeError('My fault')
          },
          reject: () => Promise.reject(new Error('Too late')),
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          text: () => Promise.reject('only text'),
        },
      })
      const reported: string[] = []
      server.on('error', ({ message }) => reported.push(message))
      for (const [type, message] of [
        ['throw', 'My fault'],
        ['reject', 'Too late'],
        ['text', 'only text'],
      ] as const) {
        const error = await rejectionOf(client.request(type, 0, toServer))
        expect(error).to.include({ name: 'PeerError', code: 'ERR_REQUEST_FAILED', message, peer: toServer.id })
        expect((error as Error).stack).to.not.contain('requests.spec.ts:1')
      }
      expect(reported).to.have.lengthOf(3).and.include('My fault')
    })

    it('reject when no handler has the type', async () => {
      const { client, server, toServer, toClient } = await open()
      server.addHandler('other', () => 1)
      const error = await rejectionOf(client.request('get', 0, toServer))
      expect(error).to.include({
        code: 'ERR_REQUEST_FAILED',
        message: 'Cannot handle message of type string "get": it has no handler',
      })
      expect(toClient.stats.dropped).to.equal(1)
    })

    it('are any number at once, and answered as their handlers are done', async () => {
      const gates = Array.from({ length: 500 }, () => gate<number>())
      const { client, toServer } = await open({ handlers: { wait: (_from, _type, i) => gates[i as number]!.promise } })
      const done: number[] = []
      const all = gates.map(async (_gate, i) => {
        const answer = await client.request('wait', i, toServer)
        done.push(i)
        return answer
      })
      await client.request('wait', 499, toServer, { timeoutMs: 10 }).catch(() => {})
      for (const i of [499, 0, 250]) {
        gates[i]!.open(i)
        await all[i]
      }
      expect(done).to.deep.equal([499, 0, 250])
      gates.forEach(({ open: answer }, i) => answer(i))
      expect(await Promise.all(all)).to.deep.equal(gates.map((_gate, i) => i))
    })

    it('may be asked back by their handler, however much waits', async () => {
      const { client, server, toServer } = await open()
      client.addHandler('name', () => 'Ada')
      client.addHandler('chat', () => {})
      server.addHandler('greet', async (from) => `hello ${String(await server.request('name', 0, from))}`)
      // Its handler holds up all that the client says next, and the answer must not wait behind that.
      const heard: unknown[] = []
      server.addHandler('chat', async (from, _type, text) => {
        heard.push(text, await server.request('name', 0, from))
      })
      expect(await client.request('greet', 0, toServer)).to.equal('hello Ada')
      for (const text of ['one', 'two', 'three']) client.sendMsg('chat', text, toServer)
      expect(await client.request('greet', 0, toServer)).to.equal('hello Ada')
      expect(heard).to.deep.equal(['one', 'Ada', 'two', 'Ada', 'three', 'Ada'])
    })

    it('begin in order, behind plain messages that are handled, and do not hold up the next ones', async () => {
      const { client, server, toServer } = await open()
      const heard: string[] = []
      const slow = gate()
      const plain = gate()
      server.addHandler('plain', async (_from, _type, text) => {
        heard.push(String(text))
        await plain.promise
      })
      server.addHandler('ask', async (_from, _type, text) => {
        heard.push(String(text))
        await slow.promise
        return text
      })
      const answers = [client.request('ask', 'a', toServer), client.request('ask', 'b', toServer)]
      client.sendMsg('plain', 'c', toServer)
      answers.push(client.request('ask', 'd', toServer))
      while (heard.length < 3) await settled()
      await settled()
      expect(heard).to.deep.equal(['a', 'b', 'c'])
      plain.open()
      while (heard.length < 4) await settled()
      slow.open()
      expect(await Promise.all(answers)).to.deep.equal(['a', 'b', 'd'])
    })

    it('reject with the reason when the peer goes', async () => {
      const { client, toServer, toClient } = await open({ handlers: { wait: untilAborted } })
      const asked = rejectionOf(client.request('wait', 0, toServer))
      const reason = once(client, 'disconnect')
      await settled()
      toClient.sendRaw(Buffer.from('ffffffff', 'hex'))
      const error = (await asked) as Error
      expect(error).to.include({ name: 'PeerError', code: 'ERR_PEER_GONE', peer: toServer.id })
      expect(error.cause)
        .to.equal((await reason)[1])
        .and.to.include({ code: 'ERR_MESSAGE_TOO_LARGE' })
      expect(await rejectionOf(client.request('wait', 0, toServer))).to.include({ code: 'ERR_PEER_GONE' })
      expect(await rejectionOf(client.request('wait', 0, toServer.id))).to.include({ code: 'ERR_PEER_UNKNOWN' })
    })

    it('reject when the peer goes cleanly, or is closed by us', async () => {
      for (const who of ['toClient', 'toServer'] as const) {
        const nodes = await open({ handlers: { get: untilAborted } })
        const asked = rejectionOf(nodes.client.request('get', 0, nodes.toServer))
        await settled()
        void nodes[who].close()
        const error = (await asked) as Error
        expect(error).to.include({ code: 'ERR_PEER_GONE' })
        expect(error.cause).to.equal(undefined)
      }
    })

    it('reject at once when the peer has ended its side, although it stays', async () => {
      const { client, toServer, toClient } = await open({ handlers: { get: untilAborted } }, { halfOpen: true })
      const asked = rejectionOf(client.request('get', 0, toServer))
      await settled()
      toClient.end()
      expect(await asked).to.include({
        code: 'ERR_PEER_GONE',
        message: `Cannot get an answer from ${toServer.id}: it has ended its side`,
      })
      expect(toServer.isOpen).to.equal(true)
      expect(await rejectionOf(client.request('get', 0, toServer))).to.include({ code: 'ERR_PEER_GONE' })
    })

    it('are answered when the asker has ended its side', async () => {
      const slow = gate<string>()
      const { client, toServer } = await open({ handlers: { get: () => slow.promise, now: () => 1 } })
      const asked = client.request('get', 0, toServer)
      const now = client.request('now', 0, toServer)
      toServer.end()
      expect(await now).to.equal(1)
      await settled()
      slow.open('at last')
      expect(await asked).to.equal('at last')
      await once(client, 'disconnect')
    })

    it('reject at abort, with the reason of the signal', async () => {
      const { client, toServer } = await open({ handlers: { wait: untilAborted, now: () => 1 } })
      const controller = new AbortController()
      const asked = rejectionOf(client.request('wait', 0, toServer, { signal: controller.signal }))
      const reason = new Error('not wanted')
      controller.abort(reason)
      expect(await asked).to.equal(reason)
      const { signal } = controller
      expect(await rejectionOf(client.request('now', 0, toServer, { signal }))).to.equal(reason)
      expect(await client.request('now', 0, toServer, { signal: new AbortController().signal })).to.equal(1)
    })

    it('reject when the node closes, after handlers that run have had their answers', async () => {
      const { client, server, toServer } = await open({
        handlers: { never: untilAborted },
        closeTimeoutMs: 50,
      })
      const slow = gate<string>()
      server.addHandler('name', () => slow.promise)
      const got = gate<unknown>()
      client.addHandler('ask back', async (from) => got.open(await client.request('name', 0, from)))
      server.sendMsg('ask back', 0)
      await settled()
      const asked = rejectionOf(client.request('never', 0, toServer))
      await settled()
      const closed = client.close()
      expect(await rejectionOf(client.request('name', 0, toServer))).to.include({ code: 'ERR_NODE_CLOSED' })
      slow.open('in time')
      expect(await got.promise).to.equal('in time')
      expect(await asked).to.include({ name: 'PeerError', code: 'ERR_NODE_CLOSED' })
      await closed
      expect(await rejectionOf(client.request('name', 0, toServer))).to.include({ code: 'ERR_NODE_CLOSED' })
    })

    it('tell their handler when the asker is gone', async () => {
      const aborted = gate<unknown>()
      const { client, server, toServer } = await open()
      server.addHandler('wait', (_from, _type, _data, { signal }) => {
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted.open(signal.reason)
            resolve(undefined)
          })
        })
      })
      const asked = rejectionOf(client.request('wait', 0, toServer))
      await settled()
      toServer.sendRaw(Buffer.from('ffffffff', 'hex'))
      expect(await aborted.promise).to.include({ name: 'PeerError', code: 'ERR_PEER_GONE' })
      expect(await asked).to.include({ code: 'ERR_PEER_GONE' })
    })

    it('tell their handler when the node closes, also one that asks for the signal later', async () => {
      const reasons: unknown[] = []
      const { client, server, toServer } = await open()
      const later = gate()
      server.addHandler('wait', async (_from, _type, _data, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        reasons.push(signal.reason)
        later.open()
        return 'stopped'
      })
      server.addHandler('later', async (_from, _type, _data, context) => {
        await later.promise
        reasons.push(context.signal.reason)
      })
      const asked = client.request('wait', 0, toServer)
      const other = client.request('later', 0, toServer)
      await settled()
      await server.close()
      expect(await asked).to.equal('stopped')
      await other
      expect(reasons).to.have.lengthOf(2)
      for (const reason of reasons) expect(reason).to.include({ code: 'ERR_NODE_CLOSED' })
    })
  })
}

describe('requests', () => {
  const lab = new Lab()
  const open = (server: Options = {}, client: Options = {}): Promise<Couple> => couple(lab, 'memory:', server, client)
  /** A node that asks, and the bare wire of the peer that it asks. */
  const wired = (options: Options = {}) => {
    const node = lab.keep(new PeerNode<unknown>({ codec: jsonCodec(), closeTimeoutMs: 50, ...options }))
    const errors: Error[] = []
    node.on('error', (error) => errors.push(error))
    const { peer, wire } = lab.attach(node)
    const said: unknown[] = []
    wire.on('data', (bytes: Buffer) => {
      for (const message of decodeFrames(bytes)) said.push(JSON.parse(Buffer.from(message).toString()))
    })
    const say = async (...messages: unknown[]): Promise<void> => {
      wire.write(Buffer.concat(messages.map((message) => encodeFrame(Buffer.from(JSON.stringify(message))))))
      await settled()
    }
    return { node, errors, peer, wire, said, say }
  }

  it('lie on the wire as objects with an id', async () => {
    const { node, peer, said, say } = wired({ handlers: { get: () => undefined, add: sum } })
    const asked = node.request('add', [1, 2], peer)
    await settled()
    expect(said).to.deep.equal([{ type: 'add', data: [1, 2], request: 1 }])
    await say(
      { type: 'add', data: 3, reply: 1 },
      { type: 'add', data: [4, 5], request: 'mine' },
      { type: 'get', request: 7 },
    )
    expect(await asked).to.equal(3)
    await say({ type: 'none', request: 8 })
    expect(said.slice(1)).to.deep.equal([
      { type: 'add', data: 9, reply: 'mine' },
      { type: 'get', reply: 7 },
      { type: 'none', reply: 8, error: 'Cannot handle message of type string "none": it has no handler' },
    ])
  })

  it('work with any codec that carries ids', async () => {
    const lines: Codec<string> = {
      requests: true,
      parse: (message) => {
        const [type = '', request, reply, error, data = ''] = message.toString().split('|')
        const given = (text: string | undefined): number | undefined => (text ? Number(text) : undefined)
        return { type, data, request: given(request), reply: given(reply), error: error === '' ? undefined : error }
      },
      serialise: (type, data, { request = '', reply = '', error = '' } = {}) =>
        Buffer.from([type, request, reply, error, data].join('|')),
    }
    const nodes = await couple(lab, 'memory:', { codec: lines }, { codec: lines })
    nodes.server.addHandler('up', (_from, _type, text) => String(text).toUpperCase())
    expect(await nodes.client.request('up', 'hello', nodes.toServer)).to.equal('HELLO')
    expect(await rejectionOf(nodes.client.request('down', 'x', nodes.toServer))).to.include({
      code: 'ERR_REQUEST_FAILED',
    })
  })

  it('are refused with a codec that carries none, and then handlers take nothing', async () => {
    const { near, toFar } = lab.pair()
    const error = await rejectionOf(near.request(0, Buffer.from('x'), toFar))
    expect(error).to.be.instanceOf(TypeError)
    expect(String(error)).to.contain('the codec carries none')
    await near.readRaw().return()
  })

  it('are refused beside a loop', async () => {
    const { client, toServer } = await open({ handlers: { get: () => 1 } })
    const loop = client.readRaw()
    expect(await rejectionOf(client.request('get', 0, toServer))).to.include({ code: 'ERR_READER_BUSY' })
    await loop.return()
    expect(await client.request('get', 0, toServer)).to.equal(1)
    expect(() => client.readRaw()).to.throw('handlers take the messages')
  })

  const refused: readonly (readonly [what: string, options: object, error: string])[] = [
    ['a time that is none', { timeoutMs: 0 }, 'Cannot use timeoutMs: expected a number from 1'],
    ['a time without end', { timeoutMs: Infinity }, 'Cannot use timeoutMs'],
    ['an option that is none', { timeout: 5 }, 'Cannot use option timeout: no such option (did you mean timeoutMs?)'],
  ]
  for (const [what, options, message] of refused) {
    it(`refuse ${what}`, async () => {
      const { client, toServer } = await open()
      expect(String(await rejectionOf(client.request('get', 0, toServer, options)))).to.contain(message)
    })
  }

  it('refuse a peer that is none, and data that the codec cannot write', async () => {
    const { client, toServer } = await open()
    expect(await rejectionOf(client.request('get', 0, undefined as never))).to.be.instanceOf(TypeError)
    expect(await rejectionOf(client.request('get', 1n, toServer))).to.be.instanceOf(TypeError)
    const long = 'x'.repeat(5_000_000)
    expect(await rejectionOf(client.request('get', long, toServer))).to.include({ code: 'ERR_MESSAGE_TOO_LARGE' })
    expect(toServer.isOpen).to.equal(true)
  })

  it('reject when the answer cannot be written or carried, which is reported there', async () => {
    const { client, server, toServer } = await open({
      handlers: {
        big: () => 1n,
        long: () => 'x'.repeat(5_000_000),
        fault: () => Promise.reject(new Error('y'.repeat(5_000_000))),
      },
    })
    const reported: Error[] = []
    server.on('error', (error) => reported.push(error))
    expect(await rejectionOf(client.request('big', 0, toServer))).to.include({ code: 'ERR_REQUEST_FAILED' })
    const error = (await rejectionOf(client.request('long', 0, toServer))) as Error
    expect(error.message).to.contain('Cannot write message: length is 5000')
    expect(reported).to.have.lengthOf(2)
    expect(((await rejectionOf(client.request('fault', 0, toServer))) as Error).message).to.equal('y'.repeat(1000))
  })

  it('reject when too much waits and the question is dropped', async () => {
    const { node, peer, wire } = wired({ overflow: 'drop-newest', outboundLimit: 1000 })
    wire.removeAllListeners('data').pause()
    const first = rejectionOf(node.request('get', 'x'.repeat(100_000), peer))
    await settled()
    const second = await rejectionOf(node.request('get', 'x', peer))
    expect(second).to.include({ name: 'PeerError', code: 'ERR_SLOW_CONSUMER', peer: peer.id })
    expect((second as Error).message).to.contain('the question was dropped')
    await node.closePeer(peer)
    expect(await first).to.include({ code: 'ERR_PEER_GONE' })
  })

  it('reject when too much waits and the peer is closed for that', async () => {
    const { node, peer, wire } = wired({ outboundLimit: 1000 })
    wire.removeAllListeners('data').pause()
    const first = rejectionOf(node.request('get', 'x'.repeat(100_000), peer))
    await settled()
    const errors = await Promise.all([first, rejectionOf(node.request('get', 'x', peer))])
    for (const error of errors) {
      expect(error).to.include({ code: 'ERR_PEER_GONE' })
      expect((error as Error).cause).to.include({ code: 'ERR_SLOW_CONSUMER' })
    }
  })

  it('are at most 1,024 at once for each peer: the next one waits, and its other messages do', async () => {
    const { node, said, say } = wired()
    const gates: (() => void)[] = []
    node.addHandler('wait', () => new Promise<void>((resolve) => gates.push(resolve)))
    const heard: unknown[] = []
    node.addHandler('chat', (_from, _type, text) => void heard.push(text))
    await say(...Array.from({ length: 1030 }, (_, i) => ({ type: 'wait', request: i })), {
      type: 'chat',
      data: 'behind',
    })
    expect(gates).to.have.lengthOf(1024)
    expect(heard).to.be.empty
    gates.splice(0, 3).forEach((answer) => answer())
    await settled()
    expect(gates).to.have.lengthOf(1024)
    expect(said).to.have.lengthOf(3)
    while (gates.length > 0) {
      gates.shift()!()
      await Promise.resolve()
    }
    await settled()
    gates.splice(0).forEach((answer) => answer())
    await settled()
    expect(said).to.have.lengthOf(1030)
    expect(heard).to.deep.equal(['behind'])
  })

  it('hold no more bytes at once than inboundLimit, and one question', async () => {
    const { node, say } = wired({ inboundLimit: 10_000 })
    const gates: (() => void)[] = []
    node.addHandler('wait', () => new Promise<void>((resolve) => gates.push(resolve)))
    const data = 'x'.repeat(4000)
    await say(...Array.from({ length: 9 }, (_, i) => ({ type: 'wait', request: i, data })))
    expect(gates).to.have.lengthOf(3)
    gates.shift()!()
    await settled()
    expect(gates).to.have.lengthOf(3)
    gates.forEach((answer) => answer())
  })

  it('do not keep a peer from being idle unless they are at work', async () => {
    const { node, peer, say } = wired({ timeoutMs: 30 })
    const slow = gate<number>()
    node.addHandler('get', () => slow.promise)
    await say({ type: 'get', request: 1 })
    await new Promise((resolve) => setTimeout(resolve, 90))
    expect(peer.isOpen).to.equal(true)
    slow.open(1)
    const [, reason] = (await once(node, 'disconnect')) as [Peer, Error]
    expect(reason).to.include({ code: 'ERR_TIMEOUT', phase: 'idle' })
  })

  describe('of a hostile peer', () => {
    it('cannot be answered by another peer, nor twice, nor with another type', async () => {
      const { node, peer, say } = wired()
      const other = lab.attach(node)
      const answer = (reply: unknown, type = 'get'): Buffer =>
        encodeFrame(Buffer.from(JSON.stringify({ type, data: 'forged', reply }))) as Buffer
      const asked = node.request('get', 0, peer)
      const [, stranger] = [...node.peers.values()]
      await settled()
      other.wire.write(Buffer.concat([answer(1), answer('1'), answer(2)]))
      await say({ type: 'unchecked', data: 'forged', reply: 1 })
      expect([peer.stats.dropped, stranger!.stats.dropped]).to.deep.equal([1, 3])
      await say({ type: 'get', data: 'mine', reply: 1 }, { type: 'get', data: 'twice', reply: 1 })
      expect(await asked).to.equal('mine')
      expect(peer.stats.dropped).to.equal(2)
    })

    it('may have ids and types of any kind, which harm nothing and are counted', async () => {
      const { node, peer, errors, said, say } = wired({ handlers: { chat: () => 'heard' } })
      const asked = node.request('get', 0, peer)
      const ids = ['1', '__proto__', 'constructor', '', -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER]
      await say(...ids.map((reply) => ({ type: 'get', reply })))
      expect(peer.stats.dropped).to.equal(ids.length)
      expect(errors).to.be.empty
      const wrong = [null, true, {}, [], [1]]
      await say(
        ...wrong.map((reply) => ({ type: 'get', reply })),
        ...wrong.map((request) => ({ type: 'get', request })),
      )
      await say(...wrong.map((type) => ({ type, request: 1 })), { type: 'get', reply: 1, error: 7 }, null, 3, 'x', [])
      expect(errors).to.have.lengthOf(3 * wrong.length + 5)
      expect(peer.stats.dropped).to.equal(ids.length + errors.length)
      said.length = 0
      const types = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
      await say(...types.map((type) => ({ type, request: type })))
      expect(said).to.have.lengthOf(types.length)
      for (const [i, answer] of said.entries()) {
        expect(answer).to.deep.include({ type: types[i], reply: types[i] }).and.have.property('error')
      }
      await say({ type: 'get', reply: 1, data: 'at last' })
      expect(await asked).to.equal('at last')
      expect(node.peers.size).to.equal(1)
    })

    it('is told what is wrong with bytes that are no JSON only here, and its other messages come', async () => {
      const { node, peer, wire, errors, said, say } = wired({ handlers: { chat: () => 'heard' } })
      const asked = node.request('get', 0, peer)
      wire.write(encodeFrame(Buffer.from('{"type":')))
      await say({ type: 'chat', request: 9 }, { type: 'get', reply: 1, data: 2 })
      expect(await asked).to.equal(2)
      expect(errors).to.have.lengthOf(1)
      expect(said.at(-1)).to.deep.equal({ type: 'chat', data: 'heard', reply: 9 })
    })
  })

  it('read every message once', async () => {
    const json = jsonCodec()
    let count = 0
    const codec: Codec<unknown> = {
      ...json,
      parse: (message) => {
        count++
        return json.parse(message)
      },
    }
    const heard: unknown[] = []
    const { node, peer, wire, errors, say } = wired({
      codec,
      handlers: { chat: (_from, _type, text) => void heard.push(text) },
    })
    const asked = node.request('get', 0, peer)
    wire.write(encodeFrame(Buffer.from('broken')))
    await say({ type: 'chat', data: 1 }, { type: 'get', reply: 1 }, { type: 'chat', data: 2 })
    await asked
    expect(heard).to.deep.equal([1, 2])
    expect(errors).to.have.lengthOf(1)
    expect(count).to.equal(4)
  })
})

describe('requests, in time', () => {
  const lab = new Lab()
  const clock = new Clock()

  it('reject after 30 seconds without an answer, or the time that was given', async () => {
    const answers: (() => void)[] = []
    const { client, toServer } = await couple(lab, 'memory:', {
      handlers: { wait: () => new Promise<void>((resolve) => answers.push(resolve)) },
    })
    const usual = rejectionOf(client.request('wait', 0, toServer))
    const short = rejectionOf(client.request('wait', 0, toServer, { timeoutMs: 100 }))
    clock.advance(100)
    expect(await short).to.include({ name: 'PeerError', code: 'ERR_TIMEOUT', phase: 'request', limit: 100 })
    clock.advance(29_899)
    await settled()
    clock.advance(1)
    expect(await usual).to.include({ code: 'ERR_TIMEOUT', phase: 'request', limit: 30_000, peer: toServer.id })
    for (const answer of answers) answer()
  })

  it('drop and count answers that come late, and take no other question for theirs', async () => {
    const answers: ((value: unknown) => void)[] = []
    const { client, toServer } = await couple(lab, 'memory:', {
      handlers: { wait: () => new Promise((resolve) => answers.push(resolve)) },
    })
    const late = rejectionOf(client.request('wait', 0, toServer, { timeoutMs: 100 }))
    await settled()
    clock.advance(100)
    expect(await late).to.include({ code: 'ERR_TIMEOUT' })
    answers.shift()!('late, while nothing is asked')
    await settled()
    expect(toServer.stats.dropped).to.equal(1)

    const second = rejectionOf(client.request('wait', 0, toServer, { timeoutMs: 100 }))
    await settled()
    clock.advance(100)
    await second
    const third = client.request('wait', 0, toServer)
    await settled()
    answers.shift()!('late, while another is asked')
    await settled()
    expect(toServer.stats.dropped).to.equal(2)
    answers.shift()!('in time')
    expect(await third).to.equal('in time')
    expect(clock.running).to.equal(0)
  })

  it('say at the deadline that something was dropped meanwhile', async () => {
    const node = lab.keep(new PeerNode<unknown>({ codec: jsonCodec(), overflow: 'drop-oldest', outboundLimit: 1000 }))
    const { peer, wire } = lab.attach(node)
    wire.pause()
    node.sendMsg('fill', 'x'.repeat(300_000), peer)
    await settled()
    const asked = rejectionOf(node.request('get', 'x'.repeat(2000), peer, { timeoutMs: 100 }))
    await settled()
    node.sendMsg('news', 'x'.repeat(2000), peer)
    await settled()
    node.sendMsg('news', 'x', peer)
    clock.advance(100)
    expect(await asked).to.include({ code: 'ERR_TIMEOUT', phase: 'request' })
    // It, and both of those behind it: the first message is on its way, and is not taken back.
    expect(((await asked) as Error).message).to.match(
      /no answer within 100 ms; 3 messages to it were dropped meanwhile$/,
    )
    wire.destroy()
  })
})
