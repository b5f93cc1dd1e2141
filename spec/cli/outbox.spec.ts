import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { LengthPrefixDecoder } from '../../lib/index.js'
import { Endless } from './endless.js'
import { MemoryTerminal } from './memory-terminal.js'
import { type Session, start, startListening } from './session.js'

/** A program that is connected to a peer, and that peer, which does not read. */
interface Connected {
  readonly program: Session
  readonly peer: net.Socket
}

// Bytes that the system does not take on both ends of a connection.
const TOO_MUCH = 50_000_000

describe('what listen and connect could not send', () => {
  let server: net.Server
  let endpoint: string
  let folder: string
  beforeEach(async () => {
    server = net.createServer({ pauseOnConnect: true })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    endpoint = `127.0.0.1:${(server.address() as net.AddressInfo).port}`
    folder = await mkdtemp(join(tmpdir(), 'lengthwise-'))
  })
  afterEach(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })

  const says = (count: string, reason: string): string => `lengthwise: Cannot send ${count}: ${reason}`

  async function connected(...args: string[]): Promise<Connected> {
    const program = start(['connect', endpoint, '--max-message-length', 'infinity', ...args])
    const [peer] = (await once(server, 'connection')) as [net.Socket]
    peer.on('error', () => {})
    return { program, peer }
  }

  /** Types four messages: the first arrives, the second is more than the system takes, and the others have to wait. */
  async function typeMuch({ program, peer }: Connected): Promise<void> {
    program.type('a\n')
    peer.resume()
    await once(peer, 'data')
    program.type(`${'b'.repeat(TOO_MUCH)}\nc\nd\n`)
    program.endInput()
    await once(peer, 'data')
    peer.pause()
  }

  describe('is told', () => {
    it('when the peer has ended before', async () => {
      const { program, peer } = await connected()
      peer.end()
      await program.saidLike(/ left$/)
      program.type('a\nb\nc\n')
      program.endInput()
      expect(await program.said()).to.equal(says('3 of 3 messages', 'every peer has left'))
      expect((await program.ended).exitCode).to.equal(1)
    })

    it('when the peer has ended in the middle', async () => {
      const { program, peer } = await connected()
      program.type('a\n')
      peer.resume()
      expect(await once(peer, 'data')).to.deep.equal([Buffer.from('\0\0\0\x01a')])
      peer.end()
      await program.saidLike(/ left$/)
      program.type('b\nc')
      program.endInput()
      expect(await program.said()).to.equal(says('2 of 3 messages', 'every peer has left'))
      expect((await program.ended).exitCode).to.equal(1)
    })

    it('when the connection was reset before', async () => {
      const { program, peer } = await connected()
      await program.said()
      peer.resetAndDestroy()
      expect(await program.said()).to.equal(`${endpoint}#1 left: connection reset by peer (ECONNRESET)`)
      program.type('a\nb\nc\n')
      program.endInput()
      expect(await program.said()).to.equal(says('3 of 3 messages', 'every peer has left'))
      expect((await program.ended).exitCode).to.equal(1)
    })

    it('when the connection was reset in the middle: what waited, and what was not even given', async () => {
      const pair = await connected()
      await typeMuch(pair)
      pair.peer.resetAndDestroy()
      // It is not known of the first one.
      expect(await pair.program.saidLike(/^lengthwise/)).to.equal(
        says('at least 3 of 4 messages', 'every peer has left'),
      )
      expect((await pair.program.ended).exitCode).to.equal(1)
    })

    it('as unknown when the connection was reset after all was given to the system', async () => {
      const { program, peer } = await connected()
      program.type('a\nb\nc\n')
      program.endInput()
      await once(peer.resume(), 'data')
      peer.resetAndDestroy()
      expect(await program.saidLike(/^lengthwise/)).to.equal(
        'lengthwise: Cannot tell how many of 3 messages have arrived: the connection broke',
      )
      expect((await program.ended).exitCode).to.equal(1)
    })

    it('as JSON, too', async () => {
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

    it('of an input that goes on', async () => {
      const { program, peer } = await connected()
      peer.end()
      await program.saidLike(/ left$/)
      program.type('a\nb')
      expect(await program.said()).to.equal(says('1 of 1 messages and the rest of the input', 'every peer has left'))
      const { exitCode } = await program.ended
      expect(exitCode).to.equal(1)
      expect(program.terminal.stdin.destroyed).to.equal(true)
    })

    it('of a keyboard, which has no rest', async () => {
      const { program, peer } = await connected()
      program.terminal.isTyped = true
      peer.end()
      await program.saidLike(/ left$/)
      program.type('a\nb')
      expect(await program.said()).to.equal(says('1 of 1 messages', 'every peer has left'))
    })

    it('of an input without end', async () => {
      const program = start(['connect', endpoint], new MemoryTerminal(new Endless('\n')))
      const [peer] = (await once(server, 'connection')) as [net.Socket]
      peer.resume().end()
      expect(await program.saidLike(/^lengthwise/)).to.match(
        / messages and the rest of the input: every peer has left$/,
      )
      expect((await program.ended).exitCode).to.equal(1)
    })

    it('of files', async () => {
      const paths = ['one', 'two', 'three'].map((name) => join(folder, name))
      for (const path of paths) await writeFile(path, 'x')
      await using program = await startListening(...paths.flatMap((path) => ['--file', path]))
      program.signal('SIGTERM')
      expect(await program.said()).to.equal(says('3 of 3 messages', 'interrupted'))
      expect((await program.ended).exitCode).to.equal(143)
    })
  })

  describe('is told on Ctrl-C', () => {
    it('where there was no peer', async () => {
      await using program = await startListening()
      program.type('a\nb\n')
      program.endInput()
      program.signal('SIGINT')
      expect(await program.said()).to.equal(says('2 of 2 messages', 'interrupted'))
      expect((await program.ended).exitCode).to.equal(130)
    })

    it('while it still dials', async () => {
      const program = start(['connect', endpoint])
      program.type('a\n')
      program.endInput()
      program.signal('SIGINT')
      expect(await program.said()).to.equal(says('1 of 1 messages', 'interrupted'))
      expect((await program.ended).exitCode).to.equal(130)
    })

    it('where the peer does not take what waits for it, whatever it says meanwhile', async () => {
      const pair = await connected()
      await typeMuch(pair)
      pair.program.signal('SIGINT')
      for (let i = 0; i < 100; i++) pair.peer.write('\0\0\0\x04talk')
      expect(await pair.program.saidLike(/^lengthwise/)).to.equal(says('at least 3 of 4 messages', 'interrupted'))
      expect((await pair.program.ended).exitCode).to.equal(130)
      pair.peer.destroy()
    })

    it('and not where the peer has taken everything, whatever it says meanwhile', async () => {
      const { program, peer } = await connected()
      program.type('a\n')
      program.endInput()
      await once(peer.resume(), 'data')
      program.signal('SIGINT')
      peer.write('\0\0\0\x05after')
      peer.end()
      const { stderr, exitCode } = await program.ended
      expect({ stderr, exitCode }).to.deep.equal({
        stderr: `connected to ${endpoint}#1\n${endpoint}#1 left\n`,
        exitCode: 130,
      })
    })

    it('and not where a peer that has taken everything does not end', async () => {
      const open = net.createServer({ allowHalfOpen: true })
      await once(open.listen(0, '127.0.0.1'), 'listening')
      const { port } = open.address() as net.AddressInfo
      const program = start(['connect', `${port}`])
      const [peer] = (await once(open, 'connection')) as [net.Socket]
      program.type('a\n')
      await once(peer, 'data')
      const talk = setInterval(() => peer.write('\0\0\0\x04talk'), 10)
      peer.on('error', () => clearInterval(talk))
      program.signal('SIGINT')
      const { stderr, exitCode } = await program.ended
      clearInterval(talk)
      peer.destroy()
      open.close()
      expect(stderr)
        .to.match(/ left\n$/)
        .and.not.include('Cannot')
      expect(exitCode).to.equal(130)
    })
  })

  describe('of several peers', () => {
    /** A session with a peer that does not read, and with one that does: how many messages the latter gets. */
    async function connectedToTwo(...args: string[]): Promise<Connected & { readonly received: Promise<number> }> {
      const reader = net.createServer()
      await once(reader.listen(0, '127.0.0.1'), 'listening')
      const socket = once(reader, 'connection') as Promise<[net.Socket]>
      const pair = await connected(`${(reader.address() as net.AddressInfo).port}`, ...args)
      const received = socket.then(async ([connection]) => {
        let count = 0
        const decoder = connection.pipe(new LengthPrefixDecoder({ maxMessageLength: Infinity }))
        for await (const batch of decoder.batches()) count += batch.length
        reader.close()
        return count
      })
      return { ...pair, received }
    }

    it('is told of the one that has left, when it leaves', async () => {
      const { received, ...pair } = await connectedToTwo()
      await typeMuch(pair)
      pair.peer.resetAndDestroy()
      expect(await pair.program.saidLike(/ left/)).to.match(/^\S+ left: .*; not sent: at least 1 of 2 messages$/)
      expect(await received).to.equal(4)
      const { stderr, exitCode } = await pair.program.ended
      expect(stderr).not.to.include('lengthwise:')
      expect(exitCode).to.equal(1)
    })

    it('is told as JSON, in numbers', async () => {
      const { received, ...pair } = await connectedToTwo('--json')
      await typeMuch(pair)
      pair.peer.resetAndDestroy()
      expect(await received).to.equal(4)
      const events = (await pair.program.ended).stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as { event: string; unsent?: object })
      expect(events.filter(({ event }) => event === 'disconnect').map(({ unsent }) => unsent)).to.deep.equal([
        { atLeast: 1, of: 2 },
        undefined,
      ])
    })
  })

  describe('is nothing', () => {
    it('where nothing was typed', async () => {
      const { program, peer } = await connected()
      peer.end()
      const { stderr, exitCode } = await program.ended
      expect(stderr).to.equal(`connected to ${endpoint}#1\n${endpoint}#1 left\n`)
      expect(exitCode).to.equal(0)
    })

    it('where the reader of the output has gone', async () => {
      const { program, peer } = await connected()
      program.terminal.stdout.breakWith('EPIPE')
      peer.resume().write(Buffer.from('\0\0\0\x01a'))
      await program.saidLike(/ left$/)
      program.type('a\n')
      const { stderr, exitCode } = await program.ended
      expect(stderr).to.equal(`connected to ${endpoint}#1\n${endpoint}#1 left\n`)
      expect(exitCode).to.equal(0)
    })
  })
})
