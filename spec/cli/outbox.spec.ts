import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Endless } from './endless.js'
import { MemoryTerminal } from './memory-terminal.js'
import { type Session, start, startListening } from './session.js'

describe('what listen and connect could not send', () => {
  let server: net.Server
  let endpoint: string
  let folder: string
  beforeEach(async () => {
    server = net.createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    endpoint = `127.0.0.1:${(server.address() as net.AddressInfo).port}`
    folder = await mkdtemp(join(tmpdir(), 'lengthwise-'))
  })
  afterEach(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })

  const says = (count: string, reason: string): string => `lengthwise: Cannot send ${count}: ${reason}`

  /** A program that is connected to a peer, and that peer. */
  async function connected(...args: string[]): Promise<{ program: Session; peer: net.Socket }> {
    const program = start(['connect', endpoint, ...args])
    const [peer] = (await once(server, 'connection')) as [net.Socket]
    return { program, peer }
  }

  it('is told when the peer has ended before', async () => {
    const { program, peer } = await connected()
    peer.end()
    await program.saidLike(/ left$/)
    program.type('a\nb\nc\n')
    program.endInput()
    expect(await program.said()).to.equal(says('3 of 3 messages', 'every peer has left'))
    expect((await program.ended).exitCode).to.equal(1)
  })

  it('is told when the peer has ended in the middle', async () => {
    const { program, peer } = await connected()
    program.type('a\n')
    expect(await once(peer, 'data')).to.deep.equal([Buffer.from('\0\0\0\x01a')])
    peer.end()
    await program.saidLike(/ left$/)
    program.type('b\nc')
    program.endInput()
    expect(await program.said()).to.equal(says('2 of 3 messages', 'every peer has left'))
    expect((await program.ended).exitCode).to.equal(1)
  })

  it('is told as JSON, too', async () => {
    const { program, peer } = await connected('--json')
    await program.printed()
    peer.end()
    await program.printed()
    program.type('a\n')
    program.endInput()
    expect(JSON.parse(await program.printed())).to.deep.equal({
      event: 'error',
      error: { message: 'Cannot send 1 of 1 messages: every peer has left' },
    })
  })

  it('is told of an input that goes on, too', async () => {
    const { program, peer } = await connected()
    peer.end()
    await program.saidLike(/ left$/)
    program.type('a\nb')
    expect(await program.said()).to.equal(says('1 of 1 messages and the rest of the input', 'every peer has left'))
    const { exitCode } = await program.ended
    expect(exitCode).to.equal(1)
    expect(program.terminal.stdin.destroyed).to.equal(true)
  })

  it('is told of an input without end, too', async () => {
    const program = start(['connect', endpoint], new MemoryTerminal(new Endless('\n')))
    const [peer] = (await once(server, 'connection')) as [net.Socket]
    peer.resume().end()
    expect(await program.saidLike(/^lengthwise/)).to.match(/ messages and the rest of the input: every peer has left$/)
    expect((await program.ended).exitCode).to.equal(1)
  })

  it('is nothing where nothing was typed', async () => {
    const { program, peer } = await connected()
    peer.end()
    const { stderr, exitCode } = await program.ended
    expect(stderr).to.equal(`connected to ${endpoint}\n${endpoint} left\n`)
    expect(exitCode).to.equal(0)
  })

  it('is told on Ctrl-C', async () => {
    await using program = await startListening()
    program.type('a\nb\n')
    program.endInput()
    program.signal('SIGINT')
    expect(await program.said()).to.equal(says('2 of 2 messages', 'interrupted'))
    expect((await program.ended).exitCode).to.equal(130)
  })

  it('is told on Ctrl-C while it still dials', async () => {
    const program = start(['connect', endpoint])
    program.type('a\n')
    program.endInput()
    program.signal('SIGINT')
    expect(await program.said()).to.equal(says('1 of 1 messages', 'interrupted'))
    expect((await program.ended).exitCode).to.equal(130)
  })

  it('is told of files, too', async () => {
    const paths = ['one', 'two', 'three'].map((name) => join(folder, name))
    for (const path of paths) await writeFile(path, 'x')
    await using program = await startListening(...paths.flatMap((path) => ['--file', path]))
    program.signal('SIGTERM')
    expect(await program.said()).to.equal(says('3 of 3 messages', 'interrupted'))
    expect((await program.ended).exitCode).to.equal(143)
  })

  it('is not told when the reader of the output has gone', async () => {
    const { program, peer } = await connected()
    program.terminal.stdout.breakWith('EPIPE')
    peer.resume().write(Buffer.from('\0\0\0\x01a'))
    await program.saidLike(/ left$/)
    program.type('a\n')
    const { stderr, exitCode } = await program.ended
    expect(stderr).to.equal(`connected to ${endpoint}\n${endpoint} left\n`)
    expect(exitCode).to.equal(0)
  })
})
