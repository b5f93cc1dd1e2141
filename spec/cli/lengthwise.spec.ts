import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { shell, startProcess } from './process.js'

// What only a process can show: signals, pipes that close, exit codes. All else is shown at a terminal in memory.
describe('the process of lengthwise', () => {
  let server: net.Server
  let endpoint: string
  before(async () => {
    server = net.createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    endpoint = `127.0.0.1:${(server.address() as net.AddressInfo).port}`
  })
  after(() => server.close())

  it('closes on SIGTERM, leaves no socket behind, and answers 143', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lengthwise-'))
    const path = join(folder, 'socket')
    await using program = startProcess('listen', `unix:${path}`)
    expect(await program.said()).to.equal(`listening on ${path}`)
    program.kill('SIGTERM')
    expect((await program.ended).exitCode).to.equal(143)
    expect(existsSync(path)).to.equal(false)
    await rm(folder, { recursive: true })
  })

  it('says on SIGINT what it has not sent, and answers 130', async () => {
    await using program = startProcess('listen')
    await program.said()
    program.type('unsent\n')
    program.kill('SIGINT')
    expect(await program.said()).to.equal(
      'lengthwise: Cannot send 1 of 1 messages and the rest of the input: interrupted',
    )
    expect((await program.ended).exitCode).to.equal(130)
  })

  it('ends with the last of its peers, although its stdin stays open', async () => {
    await using program = startProcess('connect', endpoint)
    const [peer] = (await once(server, 'connection')) as [net.Socket]
    peer.resume().end()
    const { stderr, exitCode } = await program.ended
    expect(stderr).to.equal(`connected to ${endpoint}#1\n${endpoint}#1 left`)
    expect(exitCode).to.equal(0)
  })

  it('measures between two processes where no endpoint is named', async () => {
    await using program = startProcess('bench', '--json', '--sizes', '64', '--messages', '20')
    const { stdout, stderr, exitCode } = await program.ended
    expect(JSON.parse(stdout)).to.have.nested.property('oneWay.messages', 20)
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
  })

  it('ends quietly when the reader of its output has gone', async () => {
    const { stdout, stderr, exitCode } = await shell('yes | lengthwise encode | lengthwise decode | head -1')
    expect({ stdout, stderr, exitCode }).to.deep.equal({ stdout: 'y', stderr: '', exitCode: 0 })
  })

  it('fails when its output cannot be written', async () => {
    expect(await shell('echo hi | lengthwise encode > /dev/full')).to.deep.equal({
      stdout: '',
      stderr: 'lengthwise: Cannot write output: no space left on device (ENOSPC)',
      exitCode: 1,
    })
  })
})
