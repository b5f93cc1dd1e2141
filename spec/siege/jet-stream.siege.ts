import { expect } from 'chai'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { jetStream } from '../../lib/nats.js'
import { Topic } from '../../lib/topic/topic.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { NatsServers, until } from '../support/nats-servers.js'
import { Receiver, Sender } from '../support/traffic.js'

const STREAM = 'siege'

describeWith(counterparts.nats, 'a topic over JetStream, with three replicas', (program) => {
  let servers: NatsServers
  let manager: JetStreamManager

  before(async () => {
    servers = await NatsServers.start(program, { count: 3, jetStream: true })
    const connection = await servers.connect(2)
    await jetStream(connection, { id: 'maker', stream: STREAM })
    manager = await jetstreamManager(connection)
  })
  after(() => servers.stop())

  it('has as many replicas as there are servers', async () => {
    expect((await manager.streams.info(STREAM)).config.num_replicas).to.equal(3)
  })

  const leader = async (): Promise<number> => {
    const { cluster } = await manager.streams.info(STREAM)
    return Number(cluster!.leader!.slice(1))
  }
  const isWhole = async (): Promise<boolean> => {
    const info = await manager.streams.info(STREAM).catch(() => undefined)
    return info?.cluster?.replicas?.every(({ current, offline }) => current && !offline) === true
  }

  // More with KILLS in the environment: each takes some ten seconds.
  const kills = Number(process.env['KILLS'] ?? 1)
  const victims: readonly [string, () => number | Promise<number>][] = [
    ['the server of a reader', () => 1],
    ['the server of the publisher', () => 0],
    ...Array.from({ length: kills }, (_, i): [string, () => Promise<number>] => [`the leader, kill ${i + 1}`, leader]),
  ]
  for (const [what, victim] of victims) {
    it(`loses nothing that was sent, keeps the order, and doubles nothing when it is killed: ${what}`, async () => {
      const ids = ['publisher', 'reader', 'other']
      const topics = await Promise.all(
        ids.map(async (id, i) => new Topic(await jetStream(await servers.connect(i), { id, stream: STREAM }), what)),
      )
      const [one, ...others] = topics
      const errors: Error[] = []
      for (const topic of topics) topic.on('error', (error) => errors.push(error))
      await Promise.all(others.map((topic) => topic.start()))
      const receivers = others.map((topic) => new Receiver(topic))
      const sender = new Sender(one!)
      await until(() => receivers.every(({ count }) => count > 1000))
      const i = await victim()
      await servers.kill(i)
      const killedMs = performance.now()
      const { last } = receivers[0]!
      await until(() => receivers.every((receiver) => receiver.last > last + 1000), 60_000)
      console.log(`        went on within ${Math.round(performance.now() - killedMs)} ms; n${i} was killed`)
      await servers.begin(i)
      await until(isWhole, 60_000)
      await sender.stop()
      await one!.close()
      await until(() => receivers.every((receiver) => receiver.last === sender.count - 1), 60_000)
      for (const { count, missing, told, wrong } of receivers) {
        expect({ count, missing, told, wrong }).to.deep.equal({ count: sender.count, missing: 0, told: 0, wrong: 0 })
      }
      expect(one!.stats.dropped).to.equal(0)
      expect(errors).to.deep.equal([])
      console.log(
        `        ${sender.count} messages; came twice, and dropped: ${others.map((topic) => topic.stats.repeatedPieces).join(', ')} pieces`,
      )
      await Promise.all(others.map((topic) => topic.close()))
    })
  }

  it('gives everything to a group, some of it twice at most, when the leader of the stream is killed', async () => {
    const makeTopic = async (i: number, id: string, group?: string): Promise<Topic> =>
      new Topic(await jetStream(await servers.connect(i), { id, stream: STREAM }), 'shared', { group })
    const [writer, ...members] = await Promise.all([
      makeTopic(0, 'writer'),
      makeTopic(1, 'a', 'workers'),
      makeTopic(2, 'b', 'workers'),
    ])
    await Promise.all(members.map((member) => member.start()))
    const heard = members.map(() => [] as number[])
    for (const [i, member] of members.entries()) {
      void (async () => {
        for await (const { data } of member.read()) heard[i]!.push(Number(String(data)))
      })()
    }
    const sender = new Sender(writer)
    await until(() => heard.every(({ length }) => length > 500))
    const i = await leader()
    await servers.kill(i)
    const { count } = sender
    await until(() => heard.flat().some((number) => number > count + 1000), 60_000)
    await servers.begin(i)
    await until(isWhole, 60_000)
    await sender.stop()
    await writer.close()
    await until(() => new Set(heard.flat()).size === sender.count, 60_000)
    console.log(`        ${sender.count} messages, ${heard.flat().length - sender.count} of them twice`)
    await Promise.all(members.map((member) => member.close()))
  })
})

describeWith(counterparts.nats, 'servers without JetStream', (program) => {
  it('say so', async () => {
    const plain = await NatsServers.start(program)
    const fault: unknown = await jetStream(await plain.connect(), { id: 'x' }).catch((error: unknown) => error)
    expect(fault).to.be.instanceOf(Error).with.property('name', 'JetStreamNotEnabled')
    await plain.stop()
  })
})
