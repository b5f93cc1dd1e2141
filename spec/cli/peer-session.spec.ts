import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Clock } from '../support/clock.js'
import { Lab, settled } from '../support/lab.js'
import { run, start, startListening } from './session.js'

const json = (line: string): unknown => JSON.parse(line)

describe('lengthwise listen, lengthwise connect', () => {
  const lab = new Lab()
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lengthwise-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('carry each line typed to the other side, as a message', async () => {
    await using server = await startListening()
    await using client = start(['connect', server.endpoint])
    client.type('hello\n\n')
    server.type('hi\nyourself\n')
    const [sender] = (await server.printed()).split('\t')
    expect(await server.printed()).to.equal(`${sender}\t`)
    expect(await client.printed()).to.equal(`${server.endpoint}#1\thi`)
    expect(await client.printed()).to.equal(`${server.endpoint}#1\tyourself`)
    expect(await server.said()).to.equal(`${sender} joined`)
    expect(await client.said()).to.equal(`connected to ${server.endpoint}#1`)
    client.endInput()
    expect(await server.said()).to.equal(`${sender} left`)
    expect(await client.said()).to.equal(`${server.endpoint}#1 left`)
    expect((await client.ended).exitCode).to.equal(0)
  })

  it('show what a peer sends without letting it command the terminal', async () => {
    await using server = await startListening()
    await using client = start(['connect', server.endpoint])
    server.type('\x1b]0;gotcha\x07\n')
    expect(await client.printed()).to.equal(`${server.endpoint}#1\t\\x1b]0;gotcha\\x07`)
  })

  it('type and print hex', async () => {
    await using server = await startListening('--hex')
    await using client = start(['connect', server.endpoint, '--hex'])
    client.type('0001FE\n')
    expect(await server.printed()).to.match(/\t00 01 fe$/)
    server.type('ff\n')
    expect(await client.printed()).to.equal(`${server.endpoint}#1\tff`)
  })

  it('print everything that happens as JSON', async () => {
    await using server = start(['listen', '--json'])
    const listening = json(await server.printed()) as { address: { port: number } }
    expect(listening).to.deep.equal({
      event: 'listening',
      address: { host: '127.0.0.1', port: listening.address.port },
    })
    await using client = start(['connect', `127.0.0.1:${listening.address.port}`, '--hex', '--json'])
    client.type('6869\nff\n')
    const { peer } = json(await server.printed()) as { peer: string }
    expect(json(await server.printed())).to.deep.equal({ event: 'message', peer, data: 'aGk=', text: 'hi' })
    expect(json(await server.printed())).to.deep.equal({ event: 'message', peer, data: '/w==' })
    server.signal('SIGINT')
    const id = `127.0.0.1:${listening.address.port}#1`
    const { stdout, stderr, exitCode } = await client.ended
    expect(stdout.trimEnd().split('\n').map(json)).to.deep.equal([
      { event: 'peer', peer: id, direction: 'outbound' },
      { event: 'disconnect', peer: id },
    ])
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
    expect(json((await server.ended).stdout.trimEnd().split('\n').at(-1)!)).to.deep.equal({ event: 'disconnect', peer })
  })

  it('send files, one message each, instead of what is typed', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    await writeFile(one, 'a\nb\n')
    await writeFile(two, Buffer.of(0, 0xff))
    await using server = await startListening('--hex')
    await using client = start(['connect', server.endpoint, '--file', one, '--file', two])
    expect(await server.printed()).to.match(/\t61 0a 62 0a$/)
    expect(await server.printed()).to.match(/\t00 ff$/)
    expect((await client.ended).exitCode).to.equal(0)
  })

  it('send files as they are, although messages are printed as hex', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'no hex')
    await using server = await startListening()
    await using client = start(['connect', server.endpoint, '--hex', '--file', path])
    expect(await server.printed()).to.match(/\tno hex$/)
    expect((await client.ended).exitCode).to.equal(0)
  })

  it('report a file that cannot be read or is too long, and send the others', async () => {
    const path = join(folder, 'fit')
    await writeFile(path, 'fit')
    await using server = await startListening()
    const files = ['spec/no-such-file', '/dev/zero', path].flatMap((file) => ['--file', file])
    const { stderr, exitCode } = await run(['connect', server.endpoint, ...files, '--max-message-length', '3'])
    expect(await server.printed()).to.match(/\tfit$/)
    expect(stderr.split('\n').slice(1, 3)).to.deep.equal([
      'lengthwise: Cannot read spec/no-such-file: no such file or directory (ENOENT)',
      'lengthwise: Cannot read /dev/zero: it is longer than 3 bytes (see --max-message-length and --length-field)',
    ])
    expect(exitCode).to.equal(1)
  })

  it('lay frames out as their options say', async () => {
    await using server = await startListening('--length-field', 'uint16be', '--initial-bytes-to-strip', '0', '--hex')
    await using client = start(['connect', server.endpoint, '--length-field', 'uint16be'])
    client.type('hi\n')
    expect(await server.printed()).to.match(/\t00 02 68 69$/)
  })

  it('report a message that cannot be sent, and send the next one', async () => {
    await using server = await startListening()
    await using client = start(['connect', server.endpoint, '--max-message-length', '3'])
    await client.said()
    client.type('f')
    client.type('our')
    expect(await client.said()).to.equal(
      'lengthwise: Cannot read line 1: it is longer than 3 bytes (see --max-message-length and --length-field)',
    )
    client.type('teen\nfit\n')
    expect(await server.printed()).to.match(/\tfit$/)
    client.endInput()
    expect((await client.ended).exitCode).to.equal(1)
  })

  it('report a line that is no hex, and send the next one', async () => {
    await using server = await startListening()
    await using client = start(['connect', server.endpoint, '--hex'])
    client.type('6g\n66\n')
    expect(await server.printed()).to.match(/\tf$/)
    client.endInput()
    const { stderr, exitCode } = await client.ended
    expect(stderr).to.include('lengthwise: Cannot read hex: expected two digits for each byte, got "6g"\n')
    expect(exitCode).to.equal(1)
  })

  it('meet at a Unix socket', async () => {
    const path = join(folder, 'socket')
    await using server = await startListening(`unix:${path}`)
    await using client = start(['connect', `unix:${path}`])
    client.type('hi\n')
    expect(await server.printed()).to.equal(`${path}#1\thi`)
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`close their peers on ${signal}, with exit code ${code}`, async () => {
      await using server = await startListening()
      await using client = start(['connect', server.endpoint])
      client.type('first\n')
      await server.printed()
      client.signal(signal)
      expect((await client.ended).exitCode).to.equal(code)
      server.signal(signal)
      const { stderr, exitCode } = await server.ended
      expect(stderr).to.match(/ joined\n.* left\n$/)
      expect(exitCode).to.equal(code)
    })
  }

  it('end quietly when the reader of their output has gone', async () => {
    await using server = await startListening()
    server.terminal.stdout.breakWith('EPIPE')
    await using client = start(['connect', server.endpoint])
    client.type('hi\n')
    const { stdout, stderr, exitCode } = await server.ended
    expect(stderr).to.match(/^listening on .*\n.* joined\n.* left\n$/)
    expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 0 })
    expect((await client.ended).exitCode).to.equal(0)
  })

  it('fail when their output cannot be written', async () => {
    await using server = await startListening()
    server.terminal.stdout.breakWith('ENOSPC')
    await using client = start(['connect', server.endpoint])
    client.type('hi\n')
    const { stderr, exitCode } = await server.ended
    expect(stderr).to.match(/\nlengthwise: Cannot write output: no space left on device \(ENOSPC\)\n$/)
    expect(exitCode).to.equal(1)
  })

  it('get the answers to what is piped into them, however late', async () => {
    const { node, address } = await lab.listen()
    node.addHandler(0, async (from, _type, data) => {
      for (let i = 0; i < 10; i++) await settled()
      from.send(Buffer.from(`${Buffer.from(data).toString()}!`))
    })
    const { stdout, exitCode } = await run(['connect', `127.0.0.1:${address.port}`], 'hi\nyou\n')
    const id = `127.0.0.1:${address.port}#1`
    expect({ stdout, exitCode }).to.deep.equal({ stdout: `${id}\thi!\n${id}\tyou!\n`, exitCode: 0 })
  })

  describe('in time', () => {
    const clock = new Clock()

    it('wait for hours for a peer that takes nothing, as where its output is read page by page', async () => {
      let length = 0
      let accept!: (socket: net.Socket) => void
      const accepted = new Promise<net.Socket>((resolve) => (accept = resolve))
      const { port } = await lab.serve(accept)
      await using client = start(['connect', `${port}`])
      for (let i = 0; i < 100; i++) client.type(`${'a'.repeat(999_996)}\n`)
      client.endInput()
      const socket = await accepted
      await once(socket, 'readable')
      await settled()
      for (let i = 0; i < 10_000; i++) clock.advance(1_000)
      for await (const chunk of socket) length += (chunk as Buffer).length
      expect(length).to.equal(100_000_000)
      expect((await client.ended).exitCode).to.equal(0)
    })
  })
})
