import { expect } from 'chai'
import { type Codec, encodeFrame, type MessageType, PeerNode } from '../../lib/index.js'
import { concat, text } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { Lab, settled, thrownBy } from '../support/lab.js'
import { Pauses } from '../support/pauses.js'

/** `chat hello`: type and data, with a space between. A type of digits is a number. */
const words: Codec<string> = {
  parse: (message) => {
    const [type = '', ...rest] = message.toString().split(' ')
    if (type === 'broken') throw new SyntaxError('Cannot parse')
    return { type: /^\d+$/.test(type) ? Number(type) : type, data: rest.join(' ') }
  },
  serialise: (type, data) => Buffer.from(`${type} ${data}`),
}

describe('handlers', () => {
  const lab = new Lab()
  const heard: string[] = []
  const hear =
    (name: string) =>
    (_from: unknown, type: MessageType, data: string): void => {
      heard.push(`${name}: ${type} ${data}`)
    }
  // A node, and a way to say something to it.
  const open = (options: ConstructorParameters<typeof PeerNode<string>>[0] = {}) => {
    const node = lab.keep(new PeerNode<string>({ codec: words, ...options }))
    const errors: unknown[] = []
    node.on('error', (error) => errors.push(error))
    const speaker = (): ((...texts: string[]) => Promise<void>) => {
      const { wire } = lab.attach(node)
      return async (...texts) => {
        wire.write(Buffer.concat(texts.map((text) => encodeFrame(Buffer.from(text)))))
        await settled()
      }
    }
    return { node, errors, speaker, say: speaker() }
  }

  beforeEach(() => {
    heard.length = 0
  })

  it('get the messages of their type, with the peer, the type and the data', async () => {
    const { node, say } = open()
    const from: unknown[] = []
    node.addHandler('chat', (peer, type, data) => {
      from.push([peer, type, data])
    })
    node.addHandler('news', hear('news'))
    await say('chat hello', 'news rain', 'chat bye')
    const [peer] = node.peers.values()
    expect(from).to.deep.equal([
      [peer, 'chat', 'hello'],
      [peer, 'chat', 'bye'],
    ])
    expect(heard).to.deep.equal(['news: news rain'])
  })

  it('can be given as an object, a Map or pairs', async () => {
    const given = [
      { chat: hear('object'), 7: hear('object') },
      new Map<MessageType, ReturnType<typeof hear>>([
        ['chat', hear('map')],
        [7, hear('map')],
      ]),
      [
        ['chat', hear('pairs')],
        [7, hear('pairs')],
      ] as const,
    ]
    for (const handlers of given) await open({ handlers }).say('chat hello', '7 up')
    expect(heard).to.deep.equal([
      'object: chat hello',
      'object: 7 up',
      'map: chat hello',
      'map: 7 up',
      'pairs: chat hello',
      'pairs: 7 up',
    ])
  })

  it('get messages without a codec as bytes of type 0', async () => {
    const node = lab.node({ handlers: { 0: (_from, type, data) => void heard.push(`${type} ${String(data)}`) } })
    lab.attach(node).wire.write(encodeFrame(Buffer.from('hello')))
    await settled()
    expect(heard).to.deep.equal(['0 hello'])
  })

  it('are called in the order in which they were added', async () => {
    const { node, say } = open({ handlers: { chat: hear('first') } })
    node.addHandler('chat', hear('second'))
    await say('chat hello')
    expect(heard).to.deep.equal(['first: chat hello', 'second: chat hello'])
  })

  it('replace the others of their type when they are exclusive', async () => {
    const { node, say } = open({ handlers: { chat: hear('first'), news: hear('news') } })
    node.addHandler('chat', hear('only'), { exclusive: true })
    await say('chat hello', 'news rain')
    expect(heard).to.deep.equal(['only: chat hello', 'news: news rain'])
  })

  it('have one type for 0 and "0", as keys of objects do', async () => {
    const { node, say } = open({ handlers: { 0: hear('key') } })
    node.addHandler(0, hear('number'))
    node.addHandler('0', hear('string'))
    await say('0 hello')
    expect(heard).to.deep.equal(['key: 0 hello', 'number: 0 hello', 'string: 0 hello'])
  })

  it('take peer-chosen types as plain data', async () => {
    const types = ['__proto__', 'constructor', 'toString', 'error', 'hasOwnProperty']
    const { node, errors, say } = open({ handlers: { chat: hear('chat') } })
    await say(...types.map((type) => `${type} x`))
    expect(errors).to.have.lengthOf(types.length)
    expect(errors[0]).to.be.instanceOf(RangeError)
    expect(String(errors[0])).to.contain('Cannot handle message of type string "__proto__": it has no handler')
    for (const type of types) node.addHandler(type, hear('plain'))
    await say(...types.map((type) => `${type} y`))
    expect(heard).to.deep.equal(types.map((type) => `plain: ${type} y`))
  })

  it('get the messages that came before the first of them', async () => {
    const { node, say } = open({ inboundLimit: 1 })
    await say('chat one', 'news two', 'chat three')
    node.addHandler('chat', hear('chat'))
    node.addHandler('news', hear('news'))
    await settled()
    expect(heard).to.deep.equal(['chat: chat one', 'news: news two', 'chat: chat three'])
  })

  const faults: readonly (readonly [what: string, handler: () => void | Promise<void>, says: string])[] = [
    [
      'throws',
      () => {
        throw new Error('My fault')
      },
      'My fault',
    ],
    [
      'throws undefined',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw undefined
      },
      'Something else than an Error was thrown: undefined',
    ],
    ['rejects', () => Promise.reject(new Error('My fault')), 'My fault'],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    ['rejects with undefined', () => Promise.reject(), 'Something else than an Error was thrown: undefined'],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    ['rejects with text', () => Promise.reject('oh'), 'Something else than an Error was thrown: string "oh"'],
  ]
  for (const [what, faulty, says] of faults) {
    it(`harm nobody when one ${what}, which is reported`, async () => {
      const { node, errors, say } = open()
      node.addHandler('chat', faulty)
      node.addHandler('chat', hear('next'))
      await say('chat one', 'chat two')
      expect(heard).to.deep.equal(['next: chat one', 'next: chat two'])
      expect(errors.map((error) => (error as Error).message)).to.deep.equal([says, says])
      expect(node.peers.size).to.equal(1)
    })
  }

  it('harm nobody when one throws and nobody listens for errors', async () => {
    const { node, say } = open({
      handlers: {
        chat: () => {
          throw new Error('My fault')
        },
        news: hear('news'),
      },
    })
    node.removeAllListeners('error')
    await say('chat one', 'news two')
    expect(heard).to.deep.equal(['news: news two'])
  })

  it('do not get what the codec cannot read, which is reported with its sender', async () => {
    const { node, say } = open({ handlers: { chat: hear('chat') } })
    const reports: unknown[] = []
    node.on('error', (error, from) => reports.push([error.message, from]))
    await say('broken', 'chat hello')
    expect(reports).to.deep.equal([['Cannot parse', [...node.peers.values()][0]]])
    expect(heard).to.deep.equal(['chat: chat hello'])
  })

  it('make only their own peer wait while they are busy', async () => {
    const { node, say, speaker } = open()
    const waiting: (() => void)[] = []
    node.addHandler('slow', async (_from, _type, data) => {
      heard.push(`begin ${data}`)
      await new Promise<void>((resolve) => waiting.push(resolve))
      heard.push(`end ${data}`)
    })
    node.addHandler('chat', hear('chat'))
    const sayElse = speaker()
    await say('slow 1', 'slow 2', 'chat mine')
    await sayElse('chat other')
    expect(heard).to.deep.equal(['begin 1', 'chat: chat other'])
    waiting.shift()!()
    await settled()
    expect(heard.slice(2)).to.deep.equal(['end 1', 'begin 2'])
    waiting.shift()!()
    await settled()
    expect(heard.slice(4)).to.deep.equal(['end 2', 'chat: chat mine'])
  })

  it('wait for all that are busy with one message', async () => {
    const { node, say } = open()
    const waiting: (() => void)[] = []
    const busy = (): Promise<void> => new Promise((resolve) => waiting.push(resolve))
    node.addHandler('slow', busy)
    node.addHandler('slow', busy)
    node.addHandler('chat', hear('chat'))
    await say('slow', 'chat hello')
    waiting.shift()!()
    await settled()
    expect(heard).to.be.empty
    waiting.shift()!()
    await settled()
    expect(heard).to.deep.equal(['chat: chat hello'])
  })

  describe('in a flood', () => {
    const clock = new Clock()

    it('let timers run, and lose nothing by it', async () => {
      const node = lab.node({ inboundLimit: Infinity })
      const { wire } = lab.attach(node)
      wire.write(concat(Array.from({ length: 10_000 }, () => encodeFrame(text('x')))))
      await settled()
      const pauses = new Pauses()
      let count = 0
      await new Promise<void>((resolve) => {
        node.addHandler(0, () => {
          clock.block(0.01)
          if (++count === 10_000) resolve()
        })
      })
      // At most 10 ms and the messages between two looks at the clock, of 0.01 ms each.
      expect(pauses.stop()).to.be.at.least(7)
    })
  })

  it('get on when a busy one rejects', async () => {
    const { node, say } = open()
    node.addHandler('slow', async () => {
      await settled()
      throw new Error('late')
    })
    node.addHandler('chat', hear('chat'))
    await say('slow', 'chat hello')
    await settled()
    expect(heard).to.deep.equal(['chat: chat hello'])
  })

  it('may send, add handlers and close the peer that they hear, whose other messages are dropped and counted', async () => {
    const { node, say } = open()
    node.addHandler('chat', (from) => {
      node.sendMsg('chat', 'answer', from)
      node.addHandler('news', hear('news'))
      void node.closePeer(from)
    })
    const { wire, peer } = lab.attach(node)
    const answer = new Promise((resolve) => wire.once('data', (bytes: Buffer) => resolve(bytes.toString('hex'))))
    wire.write(Buffer.concat(['chat hello', 'news rain'].map((text) => encodeFrame(Buffer.from(text)))))
    expect(await answer).to.equal(Buffer.from('\0\0\0\x0bchat answer').toString('hex'))
    wire.end()
    await settled()
    expect(heard).to.deep.equal([])
    expect(peer.stats.dropped).to.equal(1)
    expect(node.peers.size).to.equal(1)
    await say('news snow')
    expect(heard).to.deep.equal(['news: news snow'])
  })

  it('get what sendMsg sends, with numbers and strings as types', async () => {
    const { node } = open({ handlers: { 7: hear('seven'), chat: hear('chat') } })
    const other = lab.keep(new PeerNode<string>({ codec: words }))
    const { wire, peer } = lab.attach(other)
    wire.pipe(lab.attach(node).wire)
    expect(other.sendMsg(7, 'up', peer)).to.be.true
    expect(other.sendMsg('chat', 'to all')).to.be.true
    await settled()
    expect(heard).to.deep.equal(['seven: 7 up', 'chat: chat to all'])
  })

  it('take all messages: reading is refused', () => {
    const { node } = open({ handlers: { chat: hear('chat') } })
    expect(thrownBy(() => node.readRaw())).to.include({ name: 'PeerError', code: 'ERR_READER_BUSY' })
    expect(thrownBy(() => node.readRawBatches())).to.include({ code: 'ERR_READER_BUSY' })
  })

  it('are refused while a loop reads, and welcome after it', async () => {
    const { node, say } = open()
    const loop = node.readRaw()
    const pending = loop.next()
    expect(thrownBy(() => node.addHandler('chat', hear('chat')))).to.include({ code: 'ERR_READER_BUSY' })
    await say('chat for the loop', 'chat left over')
    expect(String((await pending).value?.data)).to.equal('chat for the loop')
    await loop.return()
    node.addHandler('chat', hear('chat'))
    await settled()
    expect(heard).to.deep.equal(['chat: chat left over'])
  })

  it('are none when the option is empty: reading is free', async () => {
    const { node } = open({ handlers: {} })
    await node.readRaw().return()
  })

  const refused: readonly (readonly [what: string, type: unknown, handler: unknown])[] = [
    ['a type that is neither', Symbol('chat'), () => {}],
    ['no type', undefined, () => {}],
    ['no function', 'chat', undefined],
    ['an object', 'chat', {}],
  ]
  for (const [what, type, handler] of refused) {
    it(`refuse ${what}`, () => {
      expect(() => lab.node().addHandler(type as string, handler as () => void)).to.throw(
        TypeError,
        'Cannot add handler',
      )
    })
  }

  it('are told nothing of a type that the codec cannot write: its sender is', () => {
    expect(() => lab.node().sendMsg('chat', Buffer.from('x'))).to.throw(RangeError, 'Cannot send message of type chat')
  })
})
