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
      stdout: `${endpoint}\thi\n`,
      stderr: `connected to ${endpoint}\n${endpoint} left\n`,
      exitCode: 0,
    })
  })

  it('stays until its peers end when told to keep open', async () => {
    await using program = start(['connect', endpoint, '--keep-open'])
    program.endInput()
    const socket = await accepted()
    socket.write(HI)
    expect(await program.printed()).to.equal(`${endpoint}\thi`)
    expect(socket.readableEnded).to.equal(false)
    socket.end(HI).resume()
    expect(await program.printed()).to.equal(`${endpoint}\thi`)
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
    expect(stdout).to.equal(`${endpoint}\thi\n`)
    expect(stderr).to.include(`${endpoint} left: Cannot read frame at offset 6: stream ended after 5 of 6 bytes`)
    expect(exitCode).to.equal(1)
  })

  it('fails when a connection is reset', async () => {
    await using program = start(['connect', endpoint])
    const socket = await accepted()
    await program.said()
    socket.resetAndDestroy()
    expect(await program.said()).to.equal(`${endpoint} left: connection reset by peer (ECONNRESET)`)
    expect((await program.ended).exitCode).to.equal(1)
  })

  it('fails when a connection is refused', async () => {
    server.close()
    await once(server, 'close')
    expect(await run(['connect', endpoint])).to.deep.equal({
      stdout: '',
      stderr: `lengthwise: Cannot connect to tcp://${endpoint}: connection refused (ECONNREFUSED)\n`,
      exitCode: 1,
    })
    const { stdout } = await run(['connect', '--json', endpoint])
    expect(JSON.parse(stdout)).to.deep.equal({
      event: 'error',
      error: {
        code: 'ECONNREFUSED',
        message: `Cannot connect to tcp://${endpoint}: connection refused (ECONNREFUSED)`,
      },
    })
  })

  it('dials none of its endpoints when it cannot read one', async () => {
    expect(await run(['connect', endpoint, 'nonsense'])).to.deep.equal({
      stdout: '',
      stderr: 'lengthwise: Cannot use endpoint "nonsense": expected port, host:port, tcp://host:port or unix:/path\n',
      exitCode: 2,
    })
  })

  for (const endpoint of ['nonsense', 'tls://example.org:443', 'http://example.org:80', ':9000']) {
    it(`refuses the endpoint ${endpoint}, and offers what exists`, async () => {
      const { stderr, exitCode } = await run(['connect', endpoint])
      expect(stderr).to.match(/^lengthwise: Cannot use endpoint .*: expected .*\n$/)
      expect(stderr.replace(endpoint, '')).not.to.include('tls')
      expect(exitCode).to.equal(2)
    })
  }
})
