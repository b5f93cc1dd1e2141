import { once } from 'node:events'
import net from 'node:net'
import { expect } from 'chai'
import { hex } from '../support/bytes.js'
import { run, start, startListening } from './session.js'

const HI = hex('00 00 00 02 68 69')

describe('lengthwise connect', () => {
  let server: net.Server
  let endpoint: string
  beforeEach(async () => {
    server = net.createServer({ allowHalfOpen: true })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    endpoint = `127.0.0.1:${(server.address() as net.AddressInfo).port}`
  })
  afterEach(() => server.close())

  const accepted = async (): Promise<net.Socket> => ((await once(server, 'connection')) as [net.Socket])[0]

  it('delivers what is piped into it, and ends', async () => {
    await using listening = await startListening()
    const { stdout, exitCode } = await run(['connect', listening.endpoint], 'hi\n')
    expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 0 })
    expect(await listening.printed()).to.match(/\thi$/)
  })

  it('says once that it has said all, and prints what peers say after that', async () => {
    await using program = start(['connect', endpoint])
    const socket = await accepted()
    program.type('hi\n')
    program.endInput()
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk).to.deep.equal(Buffer.from(HI))
    await once(socket, 'end')
    socket.end(HI)
    const { stdout, stderr, exitCode } = await program.ended
    expect({ stdout, stderr, exitCode }).to.deep.equal({
      stdout: `${endpoint}#1\thi\n`,
      stderr: `connected to ${endpoint}#1\n${endpoint}#1 left\n`,
      exitCode: 0,
    })
  })

  it('stays until its peers end when told to keep open', async () => {
    await using program = start(['connect', endpoint, '--keep-open'])
    program.endInput()
    const socket = await accepted()
    socket.write(HI)
    expect(await program.printed()).to.equal(`${endpoint}#1\thi`)
    expect(socket.readableEnded).to.equal(false)
    socket.end(HI).resume()
    expect(await program.printed()).to.equal(`${endpoint}#1\thi`)
    expect((await program.ended).exitCode).to.equal(0)
  })

  it('ends when the last of its peers has ended, whatever may still be typed', async () => {
    await using one = await startListening()
    await using two = await startListening()
    await using program = start(['connect', one.endpoint, two.endpoint])
    program.type('both\n')
    expect(await one.printed()).to.match(/\tboth$/)
    expect(await two.printed()).to.match(/\tboth$/)
    one.signal('SIGINT')
    await one.ended
    program.type('one\n')
    expect(await two.printed()).to.match(/\tone$/)
    two.signal('SIGINT')
    expect((await program.ended).exitCode).to.equal(0)
  })

  it('fails when a peer breaks off inside a frame, after the messages before', async () => {
    await using program = start(['connect', endpoint])
    const socket = await accepted()
    socket.end(Buffer.concat([HI, HI.subarray(0, 5)])).resume()
    const { stdout, stderr, exitCode } = await program.ended
    expect(stdout).to.equal(`${endpoint}#1\thi\n`)
    expect(stderr).to.include(`${endpoint}#1 left: Cannot read frame at offset 6: stream ended after 5 of 6 bytes`)
    expect(exitCode).to.equal(1)
  })

  it('fails when a connection is reset', async () => {
    await using program = start(['connect', endpoint])
    const socket = await accepted()
    await program.said()
    socket.resetAndDestroy()
    expect(await program.said()).to.equal(`${endpoint}#1 left: connection reset by peer (ECONNRESET)`)
    expect((await program.ended).exitCode).to.equal(1)
  })

  it('fails when a connection is refused', async () => {
    server.close()
    await once(server, 'close')
    expect(await run(['connect', endpoint])).to.deep.equal({
      stdout: '',
      stderr: `lengthwise: Cannot connect to ${endpoint}: connection refused (ECONNREFUSED)\n`,
      exitCode: 1,
    })
    const { stdout } = await run(['connect', '--json', endpoint])
    expect(JSON.parse(stdout)).to.deep.equal({
      event: 'error',
      error: {
        code: 'ECONNREFUSED',
        message: `Cannot connect to ${endpoint}: connection refused (ECONNREFUSED)`,
      },
    })
  })

  it('reads endpoints as the library does, and names them as they were typed', async () => {
    const port = Number(endpoint.split(':')[1])
    server.on('connection', (socket: net.Socket) => socket.resume().end())
    for (const typed of [`${port}`, `localhost:${port}`, `tcp://127.0.0.1:${port}`]) {
      const { stderr } = await run(['connect', typed])
      expect(stderr).to.match(/^connected to (?:127\.0\.0\.1|\[::1\]):\d+#1\n/)
    }
    server.close()
    await once(server, 'close')
    for (const typed of [`${port}`, `tcp://127.0.0.1:${port}`, 'unix:/no/such/socket', '[::1]:1']) {
      const { stderr, exitCode } = await run(['connect', typed])
      expect(stderr)
        .to.match(/^lengthwise: Cannot connect to (?:\S+): [^\n]+\n$/)
        .and.include(` ${typed}: `)
      expect(exitCode).to.equal(1)
    }
  })

  it('dials none of its endpoints when it cannot read one', async () => {
    const { stdout, stderr, exitCode } = await run(['connect', endpoint, 'nonsense'])
    expect(stderr).to.match(/^lengthwise: Cannot use endpoint[^\n]* got string "nonsense"\n$/)
    expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 2 })
  })

  for (const typed of [
    'nonsense',
    'example.org',
    'tls://example.org',
    'http://example.org:80',
    'memory:name',
    'tcp://example.org',
    ':9000',
    '65536',
    '::1',
    'unix:',
    '',
  ]) {
    it(`refuses the endpoint ${JSON.stringify(typed)}, and offers nothing that does not exist`, async () => {
      const { stderr, exitCode } = await run(['connect', typed])
      expect(stderr).to.match(/^lengthwise: Cannot use (?:endpoint|host|port|path)\b[^\n]*\n$/)
      expect(stderr.replace(typed, '')).not.to.match(/memory/)
      expect(exitCode).to.equal(2)
    })
  }

  describe('with a server that ends its side first', () => {
    it('has left it, although it may still listen, and tells what was not sent', async () => {
      await using program = start(['connect', endpoint])
      const socket = await accepted()
      program.type('hi\n')
      expect(await once(socket, 'data')).to.deep.equal([Buffer.from(HI)])
      socket.resume().end()
      // The answer to the end, while the input goes on.
      await once(socket, 'end')
      program.type('you\n')
      program.endInput()
      const { stderr, exitCode } = await program.ended
      expect({ stderr, exitCode }).to.deep.equal({
        stderr:
          `connected to ${endpoint}#1\n${endpoint}#1 left\n` +
          'lengthwise: Cannot send 1 of 2 messages: every peer has left\n',
        exitCode: 1,
      })
    })

    it('sends it what is on its way', async () => {
      await using program = start(['connect', endpoint])
      const socket = await accepted()
      // More than the system takes before the server reads.
      program.type(`${'a'.repeat(4_000_000)}\n`)
      await once(socket, 'readable')
      socket.end()
      let length = 0
      for await (const chunk of socket) length += (chunk as Buffer).length
      expect(length).to.equal(4_000_004)
      const { stderr, exitCode } = await program.ended
      expect({ stderr, exitCode }).to.deep.equal({
        stderr: `connected to ${endpoint}#1\n${endpoint}#1 left\n`,
        exitCode: 0,
      })
    })

    it('ends with it, although its input stays open', async () => {
      await using program = start(['connect', endpoint])
      const socket = await accepted()
      program.type('hi\n')
      await once(socket, 'data')
      socket.resume().end(HI)
      const { stdout, stderr, exitCode } = await program.ended
      expect({ stdout, stderr, exitCode }).to.deep.equal({
        stdout: `${endpoint}#1\thi\n`,
        stderr: `connected to ${endpoint}#1\n${endpoint}#1 left\n`,
        exitCode: 0,
      })
    })
  })
})
