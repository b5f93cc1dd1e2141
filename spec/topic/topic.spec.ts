import { expect } from 'chai'
import fc from 'fast-check'
import { once } from 'node:events'
import { PeerError } from '../../lib/errors.js'
import { encodeFrame, MessageTooLargeError, uint16be, varint } from '../../lib/frame.js'
import { BusHub, type BusHubOptions } from '../../lib/testing/bus-hub.js'
import type { Bus, OnPiece } from '../../lib/topic/bus.js'
import { jsonCodec } from '../../lib/messaging/json-codec.js'
import type { Heard } from '../../lib/topic/hearing.js'
import { HEAD_LENGTH, joinPiece } from '../../lib/topic/piece.js'
import { Topic } from '../../lib/topic/topic.js'
import type { TopicOptions } from '../../lib/topic/topic-options.js'
import { Clock } from '../support/clock.js'
import { anyMessage, check } from '../support/property.js'

const bytes = (text: string): Buffer => Buffer.from(text)
const texts = (batch: readonly Heard[]): string[] => batch.map(({ data }) => String(data))
/** Lets everything happen that is on its way. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** A piece as another publisher would make it. */
function pieceOf(sequence: number, ...messages: string[]): Uint8Array {
  const frames = messages.map((message) => encodeFrame(bytes(message)))
  return joinPiece({ epoch: 7, sequence }, frames, Buffer.concat(frames).length)
}

/** A bus whose pieces the spec makes, and whose answers it gives. */
class HandBus implements Bus {
  readonly name = 'hand'
  readonly id = 'here'
  readonly maxPieceLength = 65_536
  readonly holdsBack: boolean
  readonly published: Uint8Array[] = []
  arrive: OnPiece = () => Promise.reject(new Error('Nothing has subscribed'))
  end: (reason?: Error) => void = () => {}
  answer: () => Promise<unknown> = () => Promise.resolve()
  isClosed = false

  constructor(holdsBack = false) {
    this.holdsBack = holdsBack
  }

  publish(_topic: string, piece: Uint8Array): Promise<unknown> {
    this.published.push(piece)
    return this.answer()
  }

  async subscribe(...[, onPiece, { onEnd }]: Parameters<Bus['subscribe']>): ReturnType<Bus['subscribe']> {
    this.arrive = onPiece
    this.end = onEnd
    return { close: async () => void (this.isClosed = true) }
  }
}

describe('Topic', () => {
  const topics: Pick<Topic, 'close'>[] = []
  afterEach(async () => {
    await Promise.all(topics.splice(0).map((topic) => topic.close()))
  })

  function topicOn<Data = Buffer>(bus: Bus, options?: TopicOptions<Data>): Topic<Data> {
    const topic = new Topic(bus, 'prices', options)
    topics.push(topic)
    return topic
  }

  async function pair(options?: TopicOptions, hubOptions?: BusHubOptions): Promise<[Topic, Topic]> {
    const hub = new BusHub(hubOptions)
    const [one, other] = [topicOn(hub.bus('one'), options), topicOn(hub.bus('other'), options)]
    await Promise.all([one.start(), other.start()])
    return [one, other]
  }

  /** The next messages, so many. */
  async function next(topic: Topic, count: number): Promise<Heard[]> {
    const heard: Heard[] = []
    for await (const item of topic.read()) if (heard.push(item) === count) break
    return heard
  }

  it('gives each message to all that read the topic, with the publisher, but not to itself', async () => {
    const hub = new BusHub()
    const [one, other, third] = ['one', 'other', 'third'].map((id) => topicOn(hub.bus(id)))
    await Promise.all([one!.start(), other!.start(), third!.start()])
    one!.send(bytes('hello'))
    one!.send(bytes(''))
    expect(await next(other!, 2)).to.deep.equal([
      { type: 0, data: bytes('hello'), from: 'one' },
      { type: 0, data: bytes(''), from: 'one' },
    ])
    other!.send(bytes('answer'))
    expect(texts(await next(one!, 1))).to.deep.equal(['answer'])
    expect(texts(await next(third!, 3))).to.deep.equal(['hello', '', 'answer'])
  })

  it('subscribes when a loop begins, and reads what comes from then on', async () => {
    const hub = new BusHub()
    const [one, other] = [topicOn(hub.bus('one')), topicOn(hub.bus('other'))]
    one.send(bytes('early'))
    await turns()
    const loop = other.read()
    await turns()
    one.send(bytes('late'))
    expect(String((await loop.next()).value?.data)).to.equal('late')
  })

  it('puts the messages of a tick into one piece, in the layout of its framing', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus, { framing: { lengthField: uint16be } })
    topic.send(bytes('hi'))
    topic.send(bytes('you'))
    expect(bus.published).to.be.empty
    await turns()
    expect(bus.published).to.have.lengthOf(1)
    const [piece] = bus.published
    expect(piece![0]).to.equal(1)
    expect(Buffer.from(piece!.subarray(7, 13)).toString('hex')).to.equal('000000000000')
    expect(Buffer.from(piece!.subarray(13)).toString('hex')).to.equal('00026869' + '0003796f75')
    topic.send(bytes('x'))
    await turns()
    expect(Buffer.from(bus.published[1]!.subarray(7)).toString('hex')).to.equal('000000000001' + '000178')
    expect(bus.published[1]!.subarray(1, 7)).to.deep.equal(piece!.subarray(1, 7))
  })

  it('makes no piece longer than 64 KiB of many messages, and none longer than its bus carries', async () => {
    for (const maxPieceLength of [128, 1000, 65_536, 1_000_000]) {
      const pieces: Uint8Array[] = []
      const [one, other] = await pair(undefined, { maxPieceLength, copies: (piece) => pieces.push(piece) && 1 })
      const sent = Array.from({ length: 3000 }, (_, i) => 'x'.repeat(i % 100))
      for (const message of sent) one.send(bytes(message))
      expect(texts(await next(other, sent.length))).to.deep.equal(sent)
      const longest = Math.max(...pieces.map(({ length }) => length))
      expect(longest).to.be.within(
        maxPieceLength === 128 ? 100 : maxPieceLength > 1000 ? 60_000 : 900,
        Math.min(maxPieceLength, 65_536),
      )
    }
  })

  it('refuses a message that no piece can hold, and sends the next', async () => {
    for (const framing of [{}, { lengthField: varint }, { trailer: bytes('end') }, { initialBytesToStrip: 0 }]) {
      const [one, other] = await pair({ framing }, { maxPieceLength: 500 })
      expect(() => one.send(Buffer.alloc(501, 1))).to.throw(
        framing.initialBytesToStrip === 0 ? Error : MessageTooLargeError,
      )
      const longest = Buffer.alloc(framing.initialBytesToStrip === 0 ? 470 : 475, 0)
      if (framing.initialBytesToStrip === 0) longest.writeUInt32BE(466)
      one.send(longest)
      expect((await next(other, 1))[0]!.data).to.have.lengthOf(longest.length)
    }
  })

  it('carries one message that is longer than 64 KiB, where its bus does', async () => {
    const [one, other] = await pair(undefined, { maxPieceLength: 1_000_000 })
    const sent = [bytes('first'), Buffer.alloc(900_000, 5), bytes('last')]
    for (const message of sent) one.send(message)
    expect((await next(other, 3)).map(({ data }) => data)).to.deep.equal(sent)
  })

  it('tells a gap with the publisher and the pieces that were lost, and keeps the order', async () => {
    let piece = 0
    const [one, other] = await pair(undefined, { copies: () => Number(++piece < 3 || piece > 5) })
    const gaps: unknown[] = []
    other.on('gap', (from, pieces) => gaps.push([from, pieces]))
    for (let i = 1; i <= 7; i++) {
      one.send(bytes(String(i)))
      await turns()
    }
    expect(texts(await next(other, 4))).to.deep.equal(['1', '2', '6', '7'])
    expect(gaps).to.deep.equal([['one', 3]])
    expect(other.stats.lostPieces).to.equal(3)
  })

  it('drops what comes twice, or too late', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus)
    const gaps: unknown[] = []
    topic.on('gap', (...gap) => gaps.push(gap))
    await topic.start()
    for (const sequence of [4, 5, 5, 8, 6, 4, 9]) void bus.arrive(pieceOf(sequence, String(sequence)), 'x')
    expect(texts(await next(topic, 4))).to.deep.equal(['4', '5', '8', '9'])
    expect(gaps).to.deep.equal([['x', 2]])
    expect(topic.stats.repeatedPieces).to.equal(3)
  })

  it('takes a publisher that starts again for one that starts again', async () => {
    const hub = new BusHub()
    const reader = topicOn(hub.bus('reader'))
    reader.on('gap', () => expect.fail('There is no gap'))
    await reader.start()
    for (const life of ['1', '2', '3']) {
      const writer = topicOn(hub.bus('writer'))
      writer.send(bytes(life))
      await turns()
      writer.send(bytes(life))
      await writer.close()
      await turns()
    }
    expect(texts(await next(reader, 6))).to.deep.equal(['1', '1', '2', '2', '3', '3'])
  })

  it('remembers 4,096 publishers, those that were heard last', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus)
    const gaps: unknown[] = []
    topic.on('gap', (from, pieces) => gaps.push([from, pieces]))
    await topic.start()
    for (const from of ['forgotten', 'heard']) await bus.arrive(pieceOf(0), from)
    for (let i = 0; i < 4095; i++) {
      await bus.arrive(pieceOf(0), `${i}`)
      if (i === 2000) await bus.arrive(pieceOf(1), 'heard')
    }
    for (const from of ['forgotten', 'heard']) await bus.arrive(pieceOf(3), from)
    expect(gaps).to.deep.equal([['heard', 1]])
  })

  it('tells malformed pieces, and harms nothing behind them', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus)
    const errors: Error[] = []
    topic.on('error', (error, from) => {
      expect(from).to.equal('x')
      errors.push(error)
    })
    await topic.start()
    const half = pieceOf(1, 'whole', 'half').subarray(0, -2)
    const long = Buffer.concat([pieceOf(2), Buffer.from('ffffffff', 'hex')])
    const other = pieceOf(0, 'other version').map((byte, i) => (i === 0 ? 2 : byte))
    const short = pieceOf(0).subarray(0, HEAD_LENGTH - 1)
    const pieces = [pieceOf(0, 'a'), half, long, other, short, Buffer.alloc(0), pieceOf(3, 'b')]
    const done = pieces.map((piece) => bus.arrive(piece, 'x'))
    expect(texts(await next(topic, 3))).to.deep.equal(['a', 'whole', 'b'])
    expect(await Promise.all(done)).to.deep.equal(pieces.map(() => true))
    expect(errors.map(({ message }) => message).sort()).to.deep.equal([
      'Cannot read piece of x: Cannot read frame at offset 9: stream ended after 6 of 8 bytes',
      'Cannot read piece of x: Cannot read message of the frame at offset 0: length is 4294967295, limit is 4194304',
      'Cannot read piece of x: expected at least 13 bytes, got 12',
      'Cannot read piece of x: expected version 1, got 2',
      'Cannot read piece of x: expected version 1, got none',
    ])
    for (const error of errors) expect(error).to.be.instanceOf(PeerError).with.property('code', 'ERR_PIECE_INVALID')
    expect(topic.stats).to.include({ invalidPieces: 5, lostPieces: 0, messagesIn: 3 })
  })

  for (const [overflow, kept] of [
    ['drop-oldest', ['7', '8', '9']],
    ['drop-newest', ['0', '1', '2']],
  ] as const) {
    it(`keeps no more than inboundLimit for a slow reader, and tells what is lost: ${overflow}`, async () => {
      const bus = new HandBus()
      // Three pieces of 5 bytes fit, which cost 128 each besides.
      const topic = topicOn(bus, { overflow, inboundLimit: 400 })
      let lost = 0
      topic.on('gap', (_from, pieces) => (lost += pieces))
      await topic.start()
      const done = Array.from({ length: 10 }, (_, i) => bus.arrive(pieceOf(i, String(i)), 'x'))
      expect(topic.stats.waitingIn).to.be.within(300, 400)
      expect(lost).to.equal(7)
      expect(texts(await next(topic, 3))).to.deep.equal(kept)
      expect(await Promise.all(done)).to.deep.equal(done.map(() => true))
    })
  }

  it('takes a piece that is larger than inboundLimit, where nothing else waits', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus, { inboundLimit: 10 })
    await topic.start()
    void bus.arrive(pieceOf(0, 'longer than that'), 'x')
    expect(texts(await next(topic, 1))).to.deep.equal(['longer than that'])
  })

  it('drops nothing that comes over a bus that holds back', async () => {
    const bus = new HandBus(true)
    const topic = topicOn(bus, { inboundLimit: 10 })
    await topic.start()
    for (let i = 0; i < 10; i++) void bus.arrive(pieceOf(i, String(i)), 'x')
    expect(await next(topic, 10)).to.have.lengthOf(10)
    expect(topic.stats.lostPieces).to.equal(0)
  })

  it('keeps a small piece that waits apart from the chunk in which it came', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus)
    await topic.start()
    const chunk = Buffer.alloc(100_000)
    const piece = pieceOf(0, 'small')
    chunk.set(piece, 50_000)
    void bus.arrive(chunk.subarray(50_000, 50_000 + piece.length), 'x')
    const [heard] = await next(topic, 1)
    expect(heard!.data.buffer.byteLength).to.be.below(100)
  })

  it('says that a piece is done when its loop has come back, or left', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus)
    await topic.start()
    const done: string[] = []
    const arrive = (sequence: number, ...messages: string[]): void => {
      void bus.arrive(pieceOf(sequence, ...messages), 'x').then((isDone) => done.push(`${sequence} ${isDone}`))
    }
    arrive(0, 'a', 'b')
    arrive(1, 'c')
    arrive(2, 'd', 'e')
    arrive(3, 'f')
    const loop = topic.read()
    await loop.next()
    await loop.next()
    await turns()
    expect(done).to.deep.equal([])
    await loop.next()
    await turns()
    expect(done).to.deep.equal(['0 true'])
    await loop.return()
    await turns()
    expect(done).to.deep.equal(['0 true', '1 true'])
    const batches = topic.readBatches()
    expect(texts((await batches.next()).value!)).to.deep.equal(['d', 'e', 'f'])
    await turns()
    expect(done).to.have.lengthOf(2)
    const waiting = batches.next()
    await turns()
    expect(done).to.deep.equal(['0 true', '1 true', '2 true', '3 true'])
    arrive(4, 'g')
    expect(texts((await waiting).value!)).to.deep.equal(['g'])
    await batches.return()
    arrive(5, 'never read')
    await topic.close()
    await turns()
    expect(done.slice(4)).to.deep.equal(['4 true', '5 false'])
    arrive(6, 'after the end')
    await turns()
    expect(done.slice(6)).to.deep.equal(['6 false'])
  })

  it('gives a group each piece once, with no gap, and what a member said itself too', async () => {
    const hub = new BusHub()
    const members = [0, 1, 2].map((i) => topicOn(hub.bus(`member ${i}`), { group: 'workers' }))
    const outsider = topicOn(hub.bus('outsider'))
    await Promise.all([...members, outsider].map((topic) => topic.start()))
    for (const member of members) member.on('gap', () => expect.fail('There is no gap'))
    for (let i = 0; i < 9; i++) {
      members[0]!.send(bytes(String(i)))
      await turns()
    }
    const heard = await Promise.all(members.map(async (member) => texts(await next(member, 3))))
    expect(heard).to.deep.equal([
      ['0', '3', '6'],
      ['1', '4', '7'],
      ['2', '5', '8'],
    ])
    expect(await next(outsider, 9)).to.have.lengthOf(9)
  })

  it('takes a piece of another member late, and none twice', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus, { group: 'workers' })
    await topic.start()
    for (const sequence of [5, 3, 5, 9, 3]) void bus.arrive(pieceOf(sequence, String(sequence)), 'x')
    expect(texts(await next(topic, 3))).to.deep.equal(['5', '3', '9'])
    expect(topic.stats.repeatedPieces).to.equal(2)
  })

  it('has the types of messages from its codec, and tells what schemas refuse', async () => {
    interface Messages {
      price: { data: { pair: string; bid: number } }
      halt: { data: string }
    }
    const schema = {
      '~standard': {
        ...{ version: 1 as const, vendor: 'spec' },
        validate: (value: unknown) => (typeof value === 'string' ? { value } : { issues: [{ message: 'no text' }] }),
      },
    }
    const hub = new BusHub()
    const one = new Topic(hub.bus('one'), 'prices', { codec: jsonCodec<Messages>() })
    const other = new Topic(hub.bus('other'), 'prices', { codec: jsonCodec<Messages>({ schemas: { halt: schema } }) })
    topics.push(one, other)
    const errors: string[] = []
    other.on('error', (error) => errors.push((error as PeerError).code))
    await other.start()
    one.sendMsg('price', { pair: 'EURUSD', bid: 1.08 })
    // @ts-expect-error: the data of `halt` is text.
    one.sendMsg('halt', 7)
    // @ts-expect-error: there is no such type.
    const unknown = (): boolean => one.sendMsg('prise', 1)
    expect(unknown).to.be.a('function')
    one.sendMsg('halt', 'noon')
    const heard: (string | number)[] = []
    for await (const message of other.read()) {
      if (message.type === 'price') heard.push(message.data.bid.toFixed(2))
      else heard.push(message.data.toUpperCase())
      if (message.type === 'halt') break
    }
    expect(heard).to.deep.equal(['1.08', 'NOON'])
    expect(errors).to.deep.equal(['ERR_PIECE_INVALID'])
  })

  it('reads and sends typed data through a codec, and tells what that refuses', async () => {
    const hub = new BusHub()
    const codec = {
      parse: (message: Buffer) => JSON.parse(String(message)) as { type: string; data: number },
      serialise: (type: string | number, data: number) => bytes(JSON.stringify({ type, data })),
    }
    const [one, other] = [topicOn(hub.bus('one'), { codec }), topicOn(hub.bus('other'), { codec })]
    const errors: string[] = []
    other.on('error', (error) => errors.push((error as PeerError).code))
    await other.start()
    one.sendMsg('price', 1.08)
    one.send(bytes('{'))
    one.sendMsg('price', 1.09)
    const [batch] = [(await other.readBatches().next()).value!]
    expect(batch).to.deep.equal([1.08, 1.09].map((data) => ({ type: 'price', data, from: 'one' })))
    expect(errors).to.deep.equal(['ERR_PIECE_INVALID'])
    expect(() => topicOn(hub.bus('third')).sendMsg(1, bytes(''))).to.throw(TypeError, 'prices has no codec')
  })

  it('answers false when enough waits, and tells when there is room', async () => {
    const bus = new HandBus()
    const takes: (() => void)[] = []
    bus.answer = () => new Promise<void>((resolve) => takes.push(resolve))
    const topic = topicOn(bus)
    const message = Buffer.alloc(60_000)
    let sent = 1
    while (topic.send(message)) sent++
    expect(sent).to.equal(18)
    await turns()
    let hasRoom: boolean | undefined
    void topic.drained().then((answer) => (hasRoom = answer))
    for (const take of takes.splice(0, 9)) take()
    await turns()
    expect(hasRoom).to.be.undefined
    for (const take of takes.splice(0, 1)) take()
    await turns()
    expect(hasRoom).to.be.true
    expect(topic.stats.waitingOut).to.be.within(400_000, 524_288)
    for (const take of takes.splice(0)) take()
  })

  it('drops what is sent while more than outboundLimit waits, and counts it', async () => {
    const bus = new HandBus()
    const takes: (() => void)[] = []
    bus.answer = () => new Promise<void>((resolve) => takes.push(resolve))
    const topic = topicOn(bus, { outboundLimit: 1000 })
    for (let i = 0; i < 10; i++) topic.send(Buffer.alloc(300))
    expect(topic.stats).to.include({ messagesOut: 4, dropped: 6 })
    await turns()
    takes.splice(0).forEach((take) => take())
    expect(await topic.drained()).to.be.true
    expect(topic.send(Buffer.alloc(300))).to.be.true
    await turns()
    takes.splice(0).forEach((take) => take())
  })

  it('tells what its bus did not take, and goes on', async () => {
    const bus = new HandBus()
    bus.answer = () => Promise.reject(new Error('the stream is full'))
    const topic = topicOn(bus)
    const failed = once(topic, 'error')
    topic.send(bytes('a'))
    topic.send(bytes('b'))
    const [error] = (await failed) as [PeerError]
    expect(error).to.include({
      code: 'ERR_NOT_PUBLISHED',
      message: 'Cannot publish 2 messages to prices: the stream is full',
    })
    expect((error.cause as Error).message).to.equal('the stream is full')
    expect(topic.stats).to.include({ messagesOut: 2, dropped: 2, waitingOut: 0 })
    bus.answer = () => {
      throw new Error('synchronously')
    }
    const again = once(topic, 'error')
    topic.send(bytes('c'))
    expect((await again)[0]).to.have.property('message', 'Cannot publish 1 messages to prices: synchronously')
  })

  it('lets one loop read at a time', async () => {
    const topic = topicOn(new HandBus())
    const loop = topic.read()
    expect(() => topic.readBatches())
      .to.throw(PeerError)
      .with.property('code', 'ERR_READER_BUSY')
    await loop.return()
    const controller = new AbortController()
    const other = topic.readBatches({ signal: controller.signal })
    const waiting = other.next()
    controller.abort(new Error('enough'))
    expect(await waiting.catch((error: unknown) => (error as Error).message)).to.equal('enough')
    topic.read()
  })

  it('fails the loop when its bus cannot subscribe, and can be read again', async () => {
    const bus = new HandBus()
    const subscribe = bus.subscribe.bind(bus)
    bus.subscribe = () => Promise.reject(new Error('no permission'))
    const topic = topicOn(bus)
    expect(await topic.start().catch((error: unknown) => (error as Error).message)).to.equal('no permission')
    expect(
      await topic
        .read()
        .next()
        .catch((error: unknown) => (error as Error).message),
    ).to.equal('no permission')
    bus.subscribe = subscribe
    await topic.start()
    void bus.arrive(pieceOf(0, 'now'), 'x')
    expect(texts(await next(topic, 1))).to.deep.equal(['now'])
  })

  it('ends the loop behind what waits when the engine gives up, with its reason', async () => {
    for (const reason of [undefined, new Error('the stream is gone')]) {
      const bus = new HandBus()
      const topic = topicOn(bus)
      await topic.start()
      void bus.arrive(pieceOf(0, 'last words'), 'x')
      bus.end(reason)
      const loop = topic.read()
      expect(String((await loop.next()).value?.data)).to.equal('last words')
      const end = await loop.next().catch((error: unknown) => error)
      expect(end).to.deep.equal(reason ?? { value: undefined, done: true })
    }
  })

  it('closes when its bus has taken everything, and ends the loop behind what waits', async () => {
    const bus = new HandBus()
    let take: () => void = () => {}
    bus.answer = () => new Promise<void>((resolve) => (take = resolve))
    const topic = topicOn(bus)
    await topic.start()
    const loop = topic.read()
    void bus.arrive(pieceOf(0, 'a', 'b'), 'x')
    topic.send(bytes('last words'))
    const closing = topic.close()
    const told: string[] = []
    topic.on('close', () => told.push('close'))
    expect(topic.close()).to.equal(closing)
    await turns()
    expect(told).to.be.empty
    expect(bus.published).to.have.lengthOf(1)
    take()
    await closing
    expect(told).to.deep.equal(['close'])
    expect(bus.isClosed).to.be.true
    expect(texts([(await loop.next()).value!, (await loop.next()).value!])).to.deep.equal(['a', 'b'])
    expect(await loop.next()).to.deep.equal({ value: undefined, done: true })
    expect(topic.send(bytes('too late'))).to.be.false
    expect(await topic.drained()).to.be.false
    expect(topic.stats.dropped).to.equal(1)
    expect(await topic.read().next()).to.deep.equal({ value: undefined, done: true })
    expect(await topic.start().catch((error: unknown) => (error as PeerError).code)).to.equal('ERR_NODE_CLOSED')
  })

  it('reports what a listener throws, once, and calls the others', async () => {
    const bus = new HandBus()
    const topic = topicOn(bus)
    const told: string[] = []
    topic.on('gap', () => {
      throw new Error('of a listener')
    })
    topic.on('gap', () => told.push('gap'))
    topic.on('error', ({ message }) => told.push(message))
    await topic.start()
    void bus.arrive(pieceOf(0), 'x')
    void bus.arrive(pieceOf(2), 'x')
    expect(told).to.deep.equal(['of a listener', 'gap'])
  })

  it('refuses options and names that cannot be', () => {
    const bus = new BusHub().bus('one')
    const make =
      (options: object, name: unknown = 'prices') =>
      () =>
        new Topic(bus, name as string, options)
    expect(make({ groups: 'x' })).to.throw(TypeError, 'no such option (did you mean group?)')
    expect(make({ overflow: 'disconnect' })).to.throw(TypeError, 'expected one of drop-oldest, drop-newest')
    expect(make({ inboundLimit: 0 })).to.throw(RangeError, 'inboundLimit')
    expect(make({ heartbeatMs: '1' })).to.throw(TypeError, 'heartbeatMs')
    expect(make({ codec: {} })).to.throw(TypeError, 'codec.parse')
    expect(make({ group: '' })).to.throw(RangeError, 'group')
    expect(make({}, 7)).to.throw(TypeError, 'topic')
    expect(make({ framing: { header: bytes(''), lengthFieldOffset: 1 } })).to.throw(RangeError, 'header')
    expect(() => new Topic({} as Bus, 'x')).to.throw(TypeError, 'expected a Bus, got Object')
    expect(() => new Topic(new BusHub({ maxPieceLength: 17 }).bus('x'), 'x')).to.throw(RangeError, 'hold no message')
  })
})

describe('Topic with a heartbeat', () => {
  const clock = new Clock()

  it('publishes an empty piece when nothing else was published, so that the loss of the last one is told', async () => {
    const bus = new HandBus()
    const topic = new Topic(bus, 'prices', { heartbeatMs: 1000 })
    clock.advance(5000)
    expect(bus.published).to.be.empty
    topic.send(bytes('a'))
    await turns()
    clock.advance(1000)
    expect(bus.published).to.have.lengthOf(1)
    clock.advance(1000)
    expect(bus.published.map(({ length }) => length)).to.deep.equal([HEAD_LENGTH + 5, HEAD_LENGTH])
    const hub = new HandBus()
    const reader = new Topic(hub, 'prices')
    const gaps: unknown[] = []
    reader.on('gap', (...gap) => gaps.push(gap))
    await reader.start()
    void hub.arrive(pieceOf(0), 'x')
    void hub.arrive(pieceOf(2), 'x')
    expect(gaps).to.deep.equal([['x', 1]])
    await Promise.all([topic.close(), reader.close()])
    expect(clock.running).to.equal(0)
  })
})

describe('Topic over a bus that loses and repeats', () => {
  it('gives every message once, in order, or tells the piece as lost', async () => {
    const fate = fc.record({
      messages: fc.array(anyMessage, { minLength: 1, maxLength: 5 }),
      copies: fc.integer({ min: 0, max: 2 }),
    })
    await check(fc.array(fate, { maxLength: 30 }), async (fates) => {
      // The last one arrives, so that what was lost before it is seen.
      const all = [{ messages: [bytes('first')], copies: 1 }, ...fates, { messages: [bytes('last')], copies: 1 }]
      let at = 0
      const hub = new BusHub({ copies: () => all[at++]!.copies })
      const [one, other] = [new Topic(hub.bus('one'), 'x'), new Topic(hub.bus('other'), 'x')]
      let lost = 0
      other.on('gap', (_from, pieces) => (lost += pieces))
      const loop = other.read()
      await other.start()
      for (const { messages } of all) {
        for (const message of messages) one.send(message)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await one.close()
      await turns()
      await other.close()
      const heard: Buffer[] = []
      for await (const { data } of loop) heard.push(data)
      const arrived = all.filter(({ copies }) => copies > 0)
      expect(other.stats.lostPieces)
        .to.equal(all.length - arrived.length)
        .and.equal(lost)
      expect(other.stats.repeatedPieces).to.equal(all.filter(({ copies }) => copies === 2).length)
      expect(heard.map(String)).to.deep.equal(
        arrived.flatMap(({ messages }) => messages.map((message) => String(Buffer.from(message)))),
      )
    })
  })
})
