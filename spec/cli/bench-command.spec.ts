import { once } from 'node:events'
import net from 'node:net'
import { expect } from 'chai'
import { greeting } from '../../lib/cli/bench/wire.js'
import { encodeFrame } from '../../lib/index.js'
import { MemoryTerminal } from './memory-terminal.js'
import { type Listening, run, start } from './session.js'

const QUICK = ['--sizes', '64', '--messages', '20']

interface Line {
  readonly size: number
  readonly oneWay: { readonly messages: number; readonly ms: number }
  readonly roundTrip: { readonly trips: number; readonly p50Us: number; readonly p99Us: number; readonly maxUs: number }
}

async function startBenchServer(...args: string[]): Promise<Listening> {
  const session = start(['bench', '--listen', ...args])
  return { ...session, endpoint: (await session.said()).replace('listening on ', '') }
}

describe('lengthwise bench', () => {
  it('measures what the other end has received, for each size', async () => {
    await using server = await startBenchServer()
    const sizes = ['1', '1KiB', '100kB']
    const { stdout, stderr, exitCode } = await run([
      'bench',
      server.endpoint,
      '--json',
      '--sizes',
      sizes.join(),
      '--messages',
      '20',
    ])
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    expect(lines.map(({ size }) => size)).to.deep.equal([1, 1024, 100_000])
    for (const { oneWay, roundTrip } of lines) {
      expect(oneWay.messages).to.equal(20)
      expect(oneWay.ms).to.be.above(0)
      expect(roundTrip.trips).to.equal(20)
      expect(roundTrip.p50Us).to.be.above(0).and.at.most(roundTrip.p99Us)
      expect(roundTrip.p99Us).to.be.at.most(roundTrip.maxUs)
    }
  })

  it('measures on several connections at once', async () => {
    await using server = await startBenchServer()
    const { stdout } = await run(['bench', server.endpoint, '--json', '--connections', '3', ...QUICK])
    const { oneWay, roundTrip } = JSON.parse(stdout) as Line
    expect([oneWay.messages, roundTrip.trips]).to.deep.equal([60, 60])
  })

  it('measures for so many seconds', async () => {
    await using server = await startBenchServer()
    const { stdout } = await run(['bench', server.endpoint, '--json', '--sizes', '64', '--seconds', '0.05'])
    expect((JSON.parse(stdout) as Line).oneWay.ms).to.be.at.least(50)
  })

  it('prints a table for a person, and nothing else where stderr is no screen', async () => {
    await using server = await startBenchServer()
    const { stdout, stderr } = await run(['bench', server.endpoint, ...QUICK])
    expect(stdout).to.match(/^ +one way +round trip\n +message .*\n +64 B +[\d,]+ +[\d.]+( +[\d.]+ [µm]?s){3}\n$/)
    expect(stderr).to.equal('')
  })

  it('draws a bar on a screen, and takes it away before it prints', async () => {
    await using server = await startBenchServer()
    const terminal = new MemoryTerminal()
    terminal.isWatched = true
    const { stdout, stderr } = await start(['bench', server.endpoint, ...QUICK], terminal).ended
    const clear = '\r\x1b[K'
    expect(stderr.startsWith(`${clear}${'░'.repeat(30)} 0% 64 B, one way`)).to.equal(true)
    expect(stderr.endsWith(clear)).to.equal(true)
    expect(stdout).not.to.include('░')
  })

  it('fails where nothing listens', async () => {
    const server = await startBenchServer()
    await server[Symbol.asyncDispose]()
    expect(await run(['bench', server.endpoint])).to.deep.equal({
      stdout: '',
      stderr: `lengthwise: Cannot connect to ${server.endpoint}: connection refused (ECONNREFUSED)\n`,
      exitCode: 1,
    })
  })

  it('ends on Ctrl-C, and says nothing more', async () => {
    await using server = await startBenchServer()
    await using program = start(['bench', server.endpoint, '--seconds', '3600'])
    await program.printed()
    program.signal('SIGINT')
    const { stderr, exitCode } = await program.ended
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 130 })
  })

  for (const [line, reason] of Object.entries({
    '9000 --sizes 0': 'Expected messages of 1 B to 64 MiB',
    '9000 --sizes 65MiB': 'Expected messages of 1 B to 64 MiB',
    '9000 --sizes 1,,2': 'Expected a whole number of bytes',
    '9000 --seconds 0': 'Expected a number from 0.01 to 3600',
    '9000 --connections 0': 'Expected a whole number from 1 to 1000',
    '9000 --messages 1 --seconds 1': "option '--messages <count>' cannot be used with option '--seconds <number>'",
    '--listen --sizes 1': "option '--listen' cannot be used with option '--sizes <bytes,...>'",
    nonsense: 'Cannot use endpoint',
    '--listen nonsense': 'Cannot use endpoint',
  })) {
    it(`refuses ${line}`, async () => {
      const { stdout, stderr, exitCode } = await run(['bench', ...line.split(' ')])
      expect(stderr)
        .to.match(/^lengthwise: [^\n]+\n$/)
        .and.include(reason)
      expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 2 })
    })
  }

  describe('with an end that is no lengthwise bench', () => {
    let server: net.Server
    let endpoint: string
    let accept: (socket: net.Socket) => void
    beforeEach(async () => {
      server = net.createServer((socket) => accept(socket.on('error', () => undefined)))
      await once(server.listen(0, '127.0.0.1'), 'listening')
      endpoint = `127.0.0.1:${(server.address() as net.AddressInfo).port}`
    })
    afterEach(() => server.close())

    const HINT = '(does lengthwise bench --listen run there?)'
    const ways: Record<string, [(socket: net.Socket) => void, string | RegExp]> = {
      'hangs up': [(socket) => socket.resume().end(), `it has left ${HINT}`],
      'says what is no frame': [(socket) => socket.write('SSH-2.0-x\r\n'), /it has left: Cannot read message .*\?\)$/],
      'says another message': [
        (socket) => socket.write(encodeFrame(Buffer.from('hi'))),
        `expected what lengthwise bench says, got "hi" ${HINT}`,
      ],
    }
    for (const [what, [way, reason]] of Object.entries(ways)) {
      it(`fails when it ${what}`, async () => {
        accept = way
        const { stdout, stderr, exitCode } = await run(['bench', endpoint])
        const [start, said] = [`lengthwise: Cannot measure ${endpoint}: `, stderr.trimEnd()]
        expect(said.slice(0, start.length)).to.equal(start)
        if (typeof reason === 'string') expect(said.slice(start.length)).to.equal(reason)
        else expect(said).to.match(reason)
        expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 1 })
      })
    }

    it('fails when it goes in the middle of a run', async () => {
      accept = (socket) => {
        socket.write(encodeFrame(greeting()))
        socket.once('data', () => socket.destroy())
      }
      const { stderr, exitCode } = await run(['bench', endpoint])
      expect(stderr)
        .to.match(/^lengthwise: Cannot measure \S+: it has left/)
        .and.not.include('--listen')
      expect(exitCode).to.equal(1)
    })
  })

  describe('--listen', () => {
    it('serves one after the other, until it is interrupted', async () => {
      await using server = await startBenchServer()
      for (const id of [1, 2]) {
        expect((await run(['bench', server.endpoint, ...QUICK])).exitCode).to.equal(0)
        expect(await server.said()).to.match(new RegExp(`#${id} joined$`))
        expect(await server.said()).to.match(new RegExp(`#${id} left$`))
      }
      server.signal('SIGINT')
      expect((await server.ended).exitCode).to.equal(130)
    })

    it('ends with its first peer when it is told to', async () => {
      await using server = await startBenchServer('--once')
      await run(['bench', server.endpoint, ...QUICK])
      expect((await server.ended).exitCode).to.equal(0)
    })

    it('closes a peer that says what it should not, and goes on', async () => {
      await using server = await startBenchServer()
      const [host, port] = server.endpoint.split(':')
      const socket = net.connect(Number(port), host)
      socket.resume().write(encodeFrame(Buffer.from('hi')))
      await once(socket, 'end')
      expect(await server.said()).to.match(/#1 joined$/)
      expect(await server.said()).to.match(/#1 left: expected what lengthwise bench says, got "hi"$/)
      expect((await run(['bench', server.endpoint, ...QUICK])).exitCode).to.equal(0)
    })

    it('fails when it cannot listen there', async () => {
      await using server = await startBenchServer()
      expect(await run(['bench', '--listen', server.endpoint])).to.deep.equal({
        stdout: '',
        stderr: `lengthwise: Cannot listen at ${server.endpoint}: address already in use (EADDRINUSE)\n`,
        exitCode: 1,
      })
    })

    it('says as JSON where it listens', async () => {
      await using server = start(['bench', '--listen', '--json'])
      expect(JSON.parse(await server.printed())).to.have.property('event', 'listening')
    })
  })
})
