import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { hex } from '../support/bytes.js'
import { type Listening, run, startListening } from './session.js'

const HI = hex('00 00 00 02 68 69')

function dial({ endpoint }: Listening): net.Socket {
  const [host, port] = endpoint.split(':')
  return net.connect({ host: host!, port: Number(port) }).resume()
}

describe('lengthwise listen', () => {
  it('keeps what is typed until there is a peer to send it to', async () => {
    await using server = await startListening()
    server.type('kept\n')
    const { stdout } = await run(['connect', server.endpoint])
    expect(stdout).to.equal(`${server.endpoint}#1\tkept\n`)
  })

  it('goes on when its input has ended', async () => {
    await using server = await startListening()
    server.endInput()
    dial(server).end(HI)
    expect(await server.printed()).to.match(/\thi$/)
    dial(server).end(HI)
    expect(await server.printed()).to.match(/\thi$/)
  })

  it('reports a peer whose bytes are no frames, and goes on', async () => {
    await using server = await startListening()
    dial(server).end('GET / HTTP/1.1\r\n\r\n')
    const [bad] = (await server.said()).split(' ')
    expect(await server.said()).to.match(
      new RegExp(`^${bad} left: Cannot read message of the frame at offset 0: length is 1195725856, limit is 4194304`),
    )
    dial(server).end(HI)
    expect(await server.printed()).to.match(/\thi$/)
  })

  it('refuses a port that is in use', async () => {
    await using server = await startListening()
    expect(await run(['listen', server.endpoint])).to.deep.equal({
      stdout: '',
      stderr: `lengthwise: Cannot listen at ${server.endpoint}: address already in use (EADDRINUSE)\n`,
      exitCode: 1,
    })
  })

  it('refuses a port that is none', async () => {
    const { stdout, stderr, exitCode } = await run(['listen', '65536'])
    expect(stderr).to.match(/^lengthwise: Cannot use port: expected an? \w+ from 0 to 65535, got 65536\n$/)
    expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 2 })
  })

  it('leaves no socket behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lengthwise-'))
    const path = join(folder, 'socket')
    await using server = await startListening(`unix:${path}`)
    expect(existsSync(path)).to.equal(true)
    server.signal('SIGTERM')
    await server.ended
    expect(existsSync(path)).to.equal(false)
    await rm(folder, { recursive: true })
  })
})
