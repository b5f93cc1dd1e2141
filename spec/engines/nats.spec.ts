import { expect } from 'chai'
import type { NatsConnection } from '@nats-io/transport-node'
import { jetStream, nats } from '../../lib/nats.js'
import type { Bus } from '../../lib/topic/bus.js'
import { Topic } from '../../lib/topic/topic.js'
import type { TopicOptions } from '../../lib/topic/topic-options.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { NatsServers, until } from '../support/nats-servers.js'
import { Receiver, Sender } from '../support/traffic.js'

type MakeBus = (connection: NatsConnection, id: string) => Bus | Promise<Bus>

const kinds: readonly [string, MakeBus][] = [
  ['nats', (connection, id) => nats(connection, { id })],
  ['jetStream', (connection, id) => jetStream(connection, { id })],
]

describeWith(counterparts.nats, 'a topic over NATS', (program) => {
  let servers: NatsServers

  before(async () => {
    servers = await NatsServers.start(program, { jetStream: true })
  })
  after(() => servers.stop())

  const topics: Topic[] = []
  afterEach(async () => {
    await Promise.all(topics.splice(0).map((topic) => topic.close()))
  })

  let serial = 0
  async function topicFor(makeBus: MakeBus, id: string, name: string, options?: TopicOptions): Promise<Topic> {
    const topic = new Topic(await makeBus(await servers.connect(), id), name, options)
    topics.push(topic)
    return topic
  }

  for (const [kind, makeBus] of kinds) {
    describe(`with ${kind}`, () => {
      /** Topics of a name that no other spec has. */
      async function topicsFor(ids: readonly string[], options?: TopicOptions): Promise<Topic[]> {
        const name = `${kind} ${serial++}`
        return Promise.all(ids.map((id) => topicFor(makeBus, id, name, options)))
      }

      it('gives each message to all readers, in order, with the publisher', async () => {
        const [one, ...others] = await topicsFor(['one', 'other', 'third'])
        await Promise.all(others.map((topic) => topic.start()))
        const sent = Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(i % 300)}`)
        for (const message of sent) one!.send(Buffer.from(message))
        for (const other of others) {
          const heard: string[] = []
          for await (const { data, from } of other.read()) {
            expect(from).to.equal('one')
            if (heard.push(String(data)) === sent.length) break
          }
          expect(heard).to.deep.equal(sent)
        }
      })

      it('takes any name for a topic and a publisher', async () => {
        const name = `prices.*.> of ${kind} ü%`
        const [one, other] = await Promise.all([
          topicFor(makeBus, '127.0.0.1:9000 #1,*', name),
          topicFor(makeBus, 'other', name),
        ])
        await other.start()
        one.send(Buffer.from('hello'))
        const { value } = await other.read().next()
        expect(value).to.deep.include({ data: Buffer.from('hello'), from: '127.0.0.1:9000 #1,*' })
      })

      it('shares the messages among a group', async () => {
        const name = `${kind} ${serial++}`
        const [one, ...members] = await Promise.all([
          topicFor(makeBus, 'one', name),
          ...['a', 'b'].map((id) => topicFor(makeBus, id, name, { group: 'workers' })),
        ])
        await Promise.all(members.map((member) => member.start()))
        const heard = members.map(() => [] as string[])
        for (const [i, member] of members.entries()) {
          void (async () => {
            for await (const { data } of member.read()) heard[i]!.push(String(data))
          })()
        }
        for (let i = 0; i < 100; i++) {
          one.send(Buffer.from(String(i)))
          await one.drained()
          await new Promise(setImmediate)
        }
        await until(() => heard.flat().length === 100)
        expect(new Set(heard.flat())).to.have.property('size', 100)
        expect(heard.map(({ length }) => length > 0)).to.deep.equal([true, true])
      })

      it('carries a message as long as the server takes, and refuses a longer one before it is sent', async () => {
        const [one, other] = await topicsFor(['one', 'other'])
        await other!.start()
        const longest = kind === 'nats' ? 1_048_576 - 17 : 1_048_576 - 1024 - 17
        expect(() => one!.send(Buffer.alloc(longest + 1)))
          .to.throw()
          .with.property('code', 'ERR_MESSAGE_TOO_LARGE')
        one!.send(Buffer.alloc(longest, 7))
        const { value } = await other!.read().next()
        expect(value!.data.equals(Buffer.alloc(longest, 7))).to.be.true
      })

      it('ends the loop when the connection is closed', async () => {
        const connection = await servers.connect()
        const topic = new Topic(await makeBus(connection, 'gone'), `${kind} closed`)
        await topic.start()
        const next = topic.read().next()
        await connection.close()
        expect(await next).to.deep.equal({ value: undefined, done: true })
        topic.on('error', ({ message }) => expect(message).to.match(/^Cannot publish 1 messages to .*clos/))
        topic.send(Buffer.from('too late'))
        await topic.close()
        expect(topic.stats.dropped).to.equal(1)
      })
    })
  }

  it('tells a loop that the server does not let it read', async () => {
    const guarded = await NatsServers.start(program, {
      config:
        'authorization { users: [{ user: u, password: p, permissions: { subscribe: { deny: "lengthwise.secret.>" } } }] }',
    })
    const connection = await guarded.connect(0, { user: 'u', pass: 'p' })
    const topic = new Topic(nats(connection, { id: 'one' }), 'secret')
    const failure: unknown = await topic
      .read()
      .next()
      .catch((error: unknown) => error)
    expect(failure).to.have.property('name', 'PermissionViolationError')
    await topic.close()
    await guarded.stop()
  })

  it('keeps the subjects of a stream apart from those of plain topics', async () => {
    const [plain, kept] = await Promise.all([topicFor(kinds[0]![1], 'a', 'same'), topicFor(kinds[1]![1], 'b', 'same')])
    const subjects: string[] = []
    const connection = await servers.connect()
    connection.subscribe('lengthwise.>', { callback: (_error, { subject }) => void subjects.push(subject) })
    await connection.flush()
    for (const topic of [plain, kept]) {
      topic.send(Buffer.from('x'))
      await topic.close()
    }
    await until(() => subjects.length === 2)
    expect(subjects.sort()).to.deep.equal(['lengthwise.lengthwise.same.b', 'lengthwise.same.a'])
    await connection.close()
  })

  it('refuses what is no connection, and options that cannot be', async () => {
    const connection = await servers.connect()
    expect(() => nats({} as NatsConnection, { id: 'x' })).to.throw(TypeError, 'expected a NatsConnection, got Object')
    expect(() => nats(connection, { id: '' })).to.throw(TypeError, 'Cannot use id')
    expect(() => nats(connection, { id: 'x', group: 'y' } as { id: string })).to.throw(TypeError, 'no such option')
    for (const options of [{ stream: 'a.b' }, { stream: '' }, { replicas: 0 }, { replicas: 6 }]) {
      const fault: unknown = await jetStream(connection, { id: 'x', ...options }).catch((error: unknown) => error)
      expect(fault, JSON.stringify(options)).to.match(/^(?:TypeError|RangeError): Cannot use (?:stream|replicas)/)
    }
  })

  describe('JetStream', () => {
    it('takes a stream as it is, and asks a server alone for one replica', async () => {
      const connection = await servers.connect()
      const { jetstreamManager } = await import('@nats-io/jetstream')
      const manager = await jetstreamManager(connection)
      await Promise.all(['a', 'b'].map((id) => jetStream(connection, { id, stream: 'made' })))
      const { config } = await manager.streams.info('made')
      expect(config).to.deep.include({ num_replicas: 1, subjects: ['lengthwise.made.*.*'], max_age: 3_600_000_000_000 })
      await manager.streams.update('made', { max_age: 1_800_000_000_000 })
      await jetStream(connection, { id: 'c', stream: 'made' })
      expect((await manager.streams.info('made')).config.max_age).to.equal(1_800_000_000_000)
    })

    it('acknowledges when the loop has come back, and gives what was not, once its reader is here again', async () => {
      const makeBus = kinds[1]![1]
      const [writer, reader] = [await topicFor(makeBus, 'writer', 'again'), await topicFor(makeBus, 'reader', 'again')]
      await reader.start()
      for (let i = 0; i < 3; i++) {
        writer.send(Buffer.from(String(i)))
        await writer.drained()
        await new Promise(setImmediate)
      }
      const connection = await servers.connect()
      const before = new Topic(await jetStream(connection, { id: 'killed' }), 'again')
      await before.start()
      for (let i = 3; i < 6; i++) {
        writer.send(Buffer.from(String(i)))
        await new Promise(setImmediate)
      }
      const loop = before.read()
      expect(String((await loop.next()).value?.data)).to.equal('3')
      expect(String((await loop.next()).value?.data)).to.equal('4')
      // As a process dies: nothing says that 4 is done.
      await connection.flush()
      await connection.close()
      const after = await topicFor(makeBus, 'killed', 'again')
      const heard: string[] = []
      for await (const { data } of after.read()) if (heard.push(String(data)) === 2) break
      expect(heard).to.deep.equal(['4', '5'])
      const first = await reader.read().next()
      expect(String(first.value?.data)).to.equal('0')
    })

    it('refuses to read a topic twice as the same publisher', async () => {
      const bus = await jetStream(await servers.connect(), { id: 'double' })
      const [one, other] = [new Topic(bus, 'twice'), new Topic(bus, 'twice')]
      topics.push(one, other)
      await one.start()
      const fault: unknown = await other.start().catch((error: unknown) => error)
      expect(fault).to.be.instanceOf(RangeError).with.property('message').that.includes('twice as double')
    })

    it('tells the publisher that the stream is gone', async () => {
      const connection = await servers.connect()
      const { jetstreamManager } = await import('@nats-io/jetstream')
      const topic = new Topic(await jetStream(connection, { id: 'x', stream: 'doomed' }), 'x')
      topics.push(topic)
      const errors: string[] = []
      topic.on('error', ({ message }) => errors.push(message))
      await (await jetstreamManager(connection)).streams.delete('doomed')
      topic.send(Buffer.from('lost'))
      await until(() => errors.length > 0)
      expect(errors).to.deep.equal(['Cannot publish 1 messages to x: stream not found'])
    })

    it('holds back a stream whose reader is slow: nothing is lost, and little waits', async () => {
      const makeBus = kinds[1]![1]
      const [writer, reader] = [await topicFor(makeBus, 'writer', 'slow'), await topicFor(makeBus, 'reader', 'slow')]
      await reader.start()
      const loop = reader.read()
      for (let i = 0; i < 200; i++) {
        writer.send(Buffer.alloc(40_000, i))
        if (!writer.send(Buffer.alloc(20_000, i))) await writer.drained()
        await new Promise(setImmediate)
      }
      await writer.close()
      await loop.next()
      expect(reader.stats.waitingIn).to.be.below(32 * 65_536)
      for (let i = 1; i < 400; i++) await loop.next()
      expect(reader.stats).to.include({ messagesIn: 400, lostPieces: 0 })
      await loop.return()
    })
  })

  it('keeps little for a slow reader of plain NATS, and tells what is lost', async () => {
    const [writer, reader] = await Promise.all([
      topicFor(kinds[0]![1], 'writer', 'slow'),
      topicFor(kinds[0]![1], 'reader', 'slow', { inboundLimit: 1_000_000 }),
    ])
    await reader.start()
    let told = 0
    reader.on('gap', (_from, pieces) => (told += pieces))
    for (let i = 0; i < 500; i++) {
      if (!writer.send(Buffer.alloc(50_000, i))) await writer.drained()
      await new Promise(setImmediate)
      expect(reader.stats.waitingIn).to.be.at.most(1_000_000)
    }
    await until(() => told + Math.floor(reader.stats.waitingIn / 50_000) >= 499)
    expect(told).to.be.above(400)
    const heard: number[] = []
    for await (const { data } of reader.read()) if (heard.push(data[0]!) === 500 - told) break
    expect(heard).to.deep.equal(Array.from({ length: 500 - told }, (_, i) => (told + i) & 0xff))
  })
})

describeWith(counterparts.nats, 'a topic over a cluster of NATS', (program) => {
  let servers: NatsServers

  before(async () => {
    servers = await NatsServers.start(program, { count: 3 })
  })
  after(() => servers.stop())

  for (const killed of ['publisher', 'reader'] as const) {
    it(`tells what is lost when the server of a ${killed} is killed, keeps the order, and doubles nothing`, async () => {
      const connections = await Promise.all([servers.connect(0), servers.connect(1), servers.connect(2)])
      const [one, other, third] = connections.map(
        (connection, i) => new Topic(nats(connection, { id: String(i) }), `killed ${killed}`),
      )
      const receivers = [other!, third!].map((topic) => new Receiver(topic))
      await Promise.all([other!.start(), third!.start()])
      const sender = new Sender(one!)
      await until(() => receivers.every(({ count }) => count > 200))
      const i = killed === 'publisher' ? 0 : 1
      await servers.kill(i)
      const { count } = sender
      await until(() => servers.of(connections[i]) !== i && receivers.every(({ last }) => last > count + 200))
      await servers.begin(i)
      await sender.stop()
      await one!.close()
      await until(() => receivers.every(({ last }) => last === sender.count - 1))
      for (const { missing, told, wrong } of receivers)
        expect({ missing, wrong }).to.deep.equal({ missing: told, wrong: 0 })
      if (killed === 'publisher') expect(receivers[0]!.missing).to.be.at.most(one!.stats.dropped)
      else expect(receivers[1]!.missing).to.equal(0)
      await Promise.all([other!.close(), third!.close()])
    })
  }
})
