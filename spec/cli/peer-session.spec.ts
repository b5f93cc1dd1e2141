import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { start, startListening } from './lengthwise.js'

const json = (line: string): unknown => JSON.parse(line)

describe('lengthwise listen, lengthwise connect', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lengthwise-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('carry each line typed to the other side, as a message', async () => {
    await using server = await startListening()
    await using client = start('connect', server.endpoint)
    client.type('hello\n\n')
    server.type('hi\nyourself\n')
    const [sender] = (await server.printed()).split('\t')
    expect(await server.printed()).to.equal(`${sender}\t`)
    expect(await client.printed()).to.equal(`${server.endpoint}\thi`)
    expect(await client.printed()).to.equal(`${server.endpoint}\tyourself`)
    expect(await server.said()).to.equal(`${sender} joined`)
    expect(await client.said()).to.equal(`connected to ${server.endpoint}`)
    client.endInput()
    expect(await server.said()).to.equal(`${sender} left`)
    expect(await client.said()).to.equal(`${server.endpoint} left`)
    expect((await client.ended).exitCode).to.equal(0)
  })

  it('show what a peer sends without letting it command the terminal', async () => {
    await using server = await startListening()
    await using client = start('connect', server.endpoint)
    server.type('\x1b]0;gotcha\x07\n')
    expect(await client.printed()).to.equal(`${server.endpoint}\t\\x1b]0;gotcha\\x07`)
  })

  it('type and print hex', async () => {
    await using server = await startListening('--hex')
    await using client = start('connect', server.endpoint, '--hex')
    client.type('0001FE\n')
    expect(await server.printed()).to.match(/\t00 01 fe$/)
    server.type('ff\n')
    expect(await client.printed()).to.equal(`${server.endpoint}\tff`)
  })

  it('print everything that happens as JSON', async () => {
    await using server = start('listen', '--json')
    const listening = json(await server.printed()) as { address: { port: number } }
    expect(listening).to.deep.equal({
      event: 'listening',
      address: { host: '127.0.0.1', port: listening.address.port },
    })
    await using client = start('connect', `127.0.0.1:${listening.address.port}`, '--hex', '--json')
    client.type('6869\nff\n')
    const { peer } = json(await server.printed()) as { peer: string }
    expect(json(await server.printed())).to.deep.equal({ event: 'message', peer, data: 'aGk=', text: 'hi' })
    expect(json(await server.printed())).to.deep.equal({ event: 'message', peer, data: '/w==' })
    server.kill('SIGINT')
    const id = `127.0.0.1:${listening.address.port}`
    const { stdout, stderr, exitCode } = await client.ended
    expect(stdout.split('\n').map(json)).to.deep.equal([
      { event: 'peer', peer: id, direction: 'outbound' },
      { event: 'disconnect', peer: id },
    ])
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
    expect(json((await server.ended).stdout.split('\n').at(-1)!)).to.deep.equal({ event: 'disconnect', peer })
  })

  it('send files, one message each, instead of what is typed', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    await writeFile(one, 'a\nb\n')
    await writeFile(two, Buffer.of(0, 0xff))
    await using server = await startListening('--hex')
    await using client = start('connect', server.endpoint, '--file', one, '--file', two)
    expect(await server.printed()).to.match(/\t61 0a 62 0a$/)
    expect(await server.printed()).to.match(/\t00 ff$/)
    expect((await client.ended).exitCode).to.equal(0)
  })

  it('lay frames out as their options say', async () => {
    await using server = await startListening('--length-field', 'uint16be', '--initial-bytes-to-strip', '0', '--hex')
    await using client = start('connect', server.endpoint, '--length-field', 'uint16be')
    client.type('hi\n')
    expect(await server.printed()).to.match(/\t00 02 68 69$/)
  })

  it('report a message that cannot be sent, and send the next one', async () => {
    await using server = await startListening()
    await using client = start('connect', server.endpoint, '--max-message-length', '3')
    client.type('four\nfit\n')
    expect(await server.printed()).to.match(/\tfit$/)
    client.endInput()
    const { stderr, exitCode } = await client.ended
    expect(stderr).to.include('lengthwise: Cannot write message: length is 4, limit is 3\n')
    expect(exitCode).to.equal(1)
  })

  it('meet at a Unix socket', async () => {
    const path = join(folder, 'socket')
    await using server = await startListening(`unix:${path}`)
    await using client = start('connect', `unix:${path}`)
    client.type('hi\n')
    expect(await server.printed()).to.equal(`${path}\thi`)
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`close their peers on ${signal}, with exit code ${code}`, async () => {
      await using server = await startListening()
      await using client = start('connect', server.endpoint)
      client.type('first\n')
      await server.printed()
      client.kill(signal)
      expect((await client.ended).exitCode).to.equal(code)
      server.kill(signal)
      const { stderr, exitCode } = await server.ended
      expect(stderr).to.match(/ joined\n.* left$/)
      expect(exitCode).to.equal(code)
    })
  }
})
