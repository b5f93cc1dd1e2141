/* eslint id-denylist: 'off' -- `err` is what pino calls an error. */
import { expect } from 'chai'
import { Console } from 'node:console'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { pino } from 'pino'
import { type LogFields, type Logger, PeerNode } from '../../lib/index.js'
import { observersOf } from '../../lib/observe/observers.js'
import { hex } from '../support/bytes.js'
import { departure, Lab, settled } from '../support/lab.js'

/** A line of a log: how loud, what, and the sentence. */
type Line = readonly [level: string, fields: LogFields, sentence: string]

/** A logger, and what it was told. */
function recorder(): { logger: Logger; lines: Line[] } {
  const lines: Line[] = []
  const log = (level: string) => (fields: LogFields, sentence: string) => void lines.push([level, fields, sentence])
  return { logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }, lines }
}

describe('a log', () => {
  const lab = new Lab()

  it('has fields and a sentence for the life of a peer', async () => {
    const { logger, lines } = recorder()
    const fault = new Error('My fault')
    const node = lab.node({ logger, handlers: { 0: () => Promise.reject(fault) } })
    const address = await node.startServer({ port: 0 })
    const port = 'port' in address ? address.port : 0
    const good = lab.attach(node)
    good.wire.write(hex('00 00 00 00'))
    await settled()
    const gone = departure(node)
    good.wire.resume().end()
    await gone
    const failed = departure(node)
    const bad = lab.attach(node)
    bad.wire.write(hex('ff ff ff ff'))
    const { reason } = await failed
    bad.peer.send(hex('00'))
    await node.close()
    const [one, two] = ['1', '2'].map((n) => ({ peer: `attached#${n}`, direction: 'attached' }))
    expect(lines).to.deep.equal([
      ['info', { address: `127.0.0.1:${port}` }, `Listening at 127.0.0.1:${port}`],
      ['info', one, 'Peer attached#1 joined (attached)'],
      ['error', { ...one, err: fault }, 'Peer attached#1: My fault'],
      ['info', one, 'Peer attached#1 left'],
      ['info', two, 'Peer attached#2 joined (attached)'],
      [
        'warn',
        { ...two, reason: 'ERR_MESSAGE_TOO_LARGE', err: reason },
        'Peer attached#2 left: Cannot read message of the frame at offset 0: length is 4294967295, limit is 4194304',
      ],
      ['debug', { ...two, count: 1 }, 'Lost 1 message to peer attached#2'],
      ['info', {}, 'Closed'],
    ])
  })

  it('says where a peer is, and which side opened the connection', async () => {
    const { logger, lines } = recorder()
    const { address } = await lab.listen({ logger })
    const client = lab.node({ logger })
    await client.connectTo(address)
    await settled()
    const joined = lines.filter(([, , sentence]) => sentence.includes('joined')).map(([, fields]) => fields)
    expect(joined.find(({ direction }) => direction === 'outbound')).to.include({
      address: `127.0.0.1:${address.port}`,
    })
    expect(joined.find(({ direction }) => direction === 'inbound')?.address).to.match(/^127\.0\.0\.1:\d+$/)
  })

  it('says whom the node refused, and why', async () => {
    const { logger, lines } = recorder()
    const answers = [
      () => false,
      () => {
        throw new Error('on fire')
      },
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw 'smoke'
      },
    ]
    for (const goodPeer of answers) {
      const { address } = await lab.listen({ logger, goodPeer })
      await once((await lab.dial(address)).resume(), 'end')
    }
    const refused = lines.filter(([level]) => level === 'warn')
    expect(refused.map(([, , sentence]) => sentence.replaceAll(/:\d+/g, ''))).to.deep.equal([
      'Refused 127.0.0.1: Cannot accept 127.0.0.1: goodPeer refused it',
      'Refused 127.0.0.1: Cannot accept 127.0.0.1: goodPeer threw: on fire',
      'Refused 127.0.0.1: Cannot accept 127.0.0.1: goodPeer threw: string "smoke"',
    ])
    for (const [, fields] of refused) {
      expect(fields).to.have.all.keys('address', 'reason', 'err').and.include({ reason: 'good-peer' })
      expect(fields).to.have.property('err').that.has.property('code', 'ERR_PEER_REFUSED')
    }
  })

  it('says what is dialled again, when, and why', () => {
    const { logger, lines } = recorder()
    const observer = observersOf(new PeerNode(), logger, {})
    const cause = Object.assign(new Error('nothing there'), { code: 'ECONNREFUSED' })
    observer.reconnecting({ host: '::1', port: 9000 }, 3, 1234.5, cause)
    observer.reconnecting({ path: '/run/x.sock' }, 1, 100, undefined)
    expect(lines).to.deep.equal([
      [
        'info',
        { address: '[::1]:9000', attempt: 3, delayMs: 1234.5, reason: 'ECONNREFUSED', err: cause },
        'Dialling [::1]:9000 again in 1235 ms (attempt 3): nothing there',
      ],
      [
        'info',
        { address: '/run/x.sock', attempt: 1, delayMs: 100 },
        'Dialling /run/x.sock again in 100 ms (attempt 1)',
      ],
    ])
  })

  it('is written by the real pino: fields beside the sentence, and errors with their stack', async () => {
    const output = new PassThrough()
    const logger = pino({ base: null, timestamp: false, level: 'debug' }, output)
    const node = lab.node({ logger })
    const failed = departure(node)
    lab.attach(node).wire.write(hex('ff ff ff ff'))
    const { reason } = await failed
    await node.close()
    const written = (output.read() as Buffer).toString().trim().split('\n')
    const peer = { peer: 'attached#1', direction: 'attached' }
    expect(written.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      { level: 30, ...peer, msg: 'Peer attached#1 joined (attached)' },
      {
        level: 40,
        ...peer,
        reason: 'ERR_MESSAGE_TOO_LARGE',
        err: JSON.parse(JSON.stringify(pino.stdSerializers.err(reason!))) as unknown,
        msg: `Peer attached#1 left: ${reason!.message}`,
      },
      { level: 30, msg: 'Closed' },
    ])
    expect(JSON.parse(written[1]!)).to.have.nested.property('err.stack', reason!.stack)
  })

  it('is written by the real console', async () => {
    let written = ''
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written += chunk.toString()
        done()
      },
    })
    const node = lab.node({ logger: new Console({ stdout: output, stderr: output }) })
    const gone = departure(node)
    lab.attach(node).wire.end(hex('00'))
    await gone
    await node.close()
    const lines = written.split('\n')
    expect(lines[0]).to.equal("{ peer: 'attached#1', direction: 'attached' } Peer attached#1 joined (attached)")
    expect(written).to.include("reason: 'ERR_FRAME_TRUNCATED'").and.include(' Peer attached#1 left: Cannot read frame')
    expect(lines.at(-2)).to.equal('{} Closed')
  })

  it('keeps to the levels that a logger has', async () => {
    const sentences: string[] = []
    const node = lab.node({ logger: { info: (_fields, sentence) => void sentences.push(sentence) } })
    const gone = departure(node)
    lab.attach(node).wire.end(hex('00'))
    await gone
    await node.close()
    expect(sentences).to.deep.equal(['Peer attached#1 joined (attached)', 'Closed'])
  })
})
