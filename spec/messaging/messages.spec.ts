import { expect } from 'chai'
import {
  type Codec,
  type Handler,
  type HandlerOf,
  type Handlers,
  jsonCodec,
  type MessageType,
  PeerNode,
} from '../../lib/index.js'
import { msgpackCodec } from '../../lib/msgpack.js'
import { Lab, rejectionOf } from '../support/lab.js'

interface Messages {
  add: { data: [number, number]; answer: number }
  find: { data: { name: string }; answer: { age: number } | null }
  chat: { data: string }
  7: { data: boolean }
}

type Is<One, Other> = [One, Other] extends [Other, One] ? true : false
/** Claims of a value that its type is the one that is written out. */
const its = <Actual>(value: Actual) => ({
  value,
  // Written out by the caller, it is all that the claim is about.

  is: <Expected>(claim: Is<Actual, Expected>): void => void expect(claim).to.equal(true),
})

describe('the types of messages', () => {
  const lab = new Lab()
  const open = (): PeerNode<unknown, Messages> => lab.keep(new PeerNode({ codec: jsonCodec<Messages>() }))

  it('come from the codec: of data, of answers, and of what handlers get', async () => {
    const [server, client] = [open(), open()]
    server.addHandler('add', (_from, type, data) => {
      its(type).is<'add'>(true)
      its(data).is<[number, number]>(true)
      return data[0] + data[1]
    })
    server.addHandler('find', async (_from, _type, { name }, { signal }) =>
      signal.aborted ? null : { age: name.length },
    )
    server.addHandler(7, (_from, type, data) => {
      its(type).is<7>(true)
      its(data).is<boolean>(true)
    })
    const peer = await client.connectTo(await server.startServer('memory:'))
    const sum = await client.request('add', [1, 2], peer)
    const found = await client.request('find', { name: 'Ada' }, peer)
    its(sum).is<number>(true)
    its(found).is<{ age: number } | null>(true)
    expect([sum, found]).to.deep.equal([3, { age: 3 }])
    client.sendMsg('chat', 'hello')
    client.sendMsg(7, true, peer)
  })

  it('refuse what does not fit, and still run', async () => {
    const [node, other] = [open(), open()]
    const peer = await node.connectTo(await other.startServer('memory:'))
    // @ts-expect-error: no such type
    node.addHandler('sub', () => {})
    // @ts-expect-error: the answer is a number
    node.addHandler('add', () => 'three')
    // @ts-expect-error: the answer is a number, also later
    node.addHandler('add', async () => 'three')
    // @ts-expect-error: chat has no answer
    node.addHandler('chat', () => 7)
    // @ts-expect-error: the data is a pair
    node.addHandler('add', (_from, _type, data: string) => data.length)
    // @ts-expect-error: no such type
    node.sendMsg('sub', 1)
    // @ts-expect-error: chat is text
    node.sendMsg('chat', 1)
    const requests = [
      // @ts-expect-error: chat has no answer
      node.request('chat', 'hello', peer, { timeoutMs: 1 }),
      // @ts-expect-error: a pair of numbers
      node.request('add', [1], peer, { timeoutMs: 1 }),
      // @ts-expect-error: nobody to ask
      node.request('add', [1, 2], undefined),
    ]
    for (const request of await Promise.allSettled(requests)) expect(request.status).to.equal('rejected')
  })

  it('hold for handlers in the options, in an object and in pairs', () => {
    const codec = jsonCodec<Messages>()
    lab.keep(new PeerNode({ codec, handlers: { add: (_from, _type, [one, two]) => one + two, chat: () => {} } }))
    const add: HandlerOf<Messages, 'add'> = (_from, _type, [one, two]) => one + two
    const pairs: Handlers<unknown, Messages> = [['add', add]]
    lab.keep(new PeerNode({ codec, handlers: pairs }))
    // @ts-expect-error: the answer is a number
    lab.keep(new PeerNode({ codec, handlers: { add: () => 'three' } }))
    // @ts-expect-error: no such type
    lab.keep(new PeerNode({ codec, handlers: { sub: () => 3 } }))
  })

  it('come from msgpackCodec as well', () => {
    const node = lab.keep(new PeerNode({ codec: msgpackCodec<Messages>() }))
    its(node).is<PeerNode<unknown, Messages>>(true)
  })

  it('are those of the data where a codec says nothing else, as in 0.1.0', () => {
    const codec: Codec<string> = {
      parse: (message) => ({ type: 'text', data: message.toString() }),
      serialise: (_type, data) => Buffer.from(data),
    }
    const handler: Handler<string> = (_from, _type, data) => {
      expect(data).to.be.a('string')
    }
    const plain = lab.keep(new PeerNode())
    const inferred = lab.keep(new PeerNode({ codec, handlers: { text: handler } }))
    const literal = lab.keep(
      new PeerNode({
        codec: {
          parse: (message) => ({ type: 1, data: message.length }),
          serialise: (_type, data: number) => Buffer.from([data]),
        },
        handlers: { 1: (_from, _type, data) => void data.toFixed() },
      }),
    )
    const explicit: PeerNode<string> = lab.keep(new PeerNode<string>({ codec }))
    its(plain).is<PeerNode>(true)
    its(inferred).is<PeerNode<string>>(true)
    its(literal).is<PeerNode<number>>(true)
    its(explicit).is<PeerNode<string>>(true)
    explicit.addHandler('any', (_from, type, data) => {
      its(type).is<MessageType>(true)
      its(data).is<string>(true)
    })
    explicit.removeHandler('any', handler)
    expect(() => literal.sendMsg('anything', 3)).to.not.throw()
    // @ts-expect-error: data is a number
    expect(() => literal.sendMsg('anything', 'text')).to.not.throw()
  })

  it('are any where jsonCodec is told none', async () => {
    const node = lab.keep(new PeerNode({ codec: jsonCodec() }))
    node.addHandler('any', (_from, _type, data) => {
      its(data).is<unknown>(true)
    })
    node.sendMsg('any', [1, { a: 2 }])
    const answer = node.request('any', 1, 'nobody')
    its(answer).is<Promise<unknown>>(true)
    expect(await rejectionOf(answer)).to.include({ code: 'ERR_PEER_UNKNOWN' })
  })
})
