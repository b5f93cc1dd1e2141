import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Lab, receiveText, rejectionOf } from '../support/lab.js'

// A server that is killed while it listens: its socket stays in the file system, and nothing answers there.
const KILLED = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`

describe('the file of a Unix socket', () => {
  const lab = new Lab()
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-'))
  let count = 0
  const place = (): string => path.join(folder, `${++count}.sock`)

  after(() => rmSync(folder, { recursive: true }))

  function leaveStale(file: string): void {
    try {
      execFileSync(process.execPath, ['-e', KILLED, file])
    } catch {
      // Killed, as it should be.
    }
    expect(existsSync(file)).to.equal(true)
  }

  it('is none for an abstract name: taken, it is refused as such, and nothing is looked for', async function () {
    if (process.platform !== 'linux') this.skip()
    const bind = { path: `\0lengthwise-${process.pid}` }
    const taken = lab.node()
    await taken.startServer(bind, { replaceStale: true })
    expect(await rejectionOf(lab.node().startServer(bind, { replaceStale: true }))).to.include({ code: 'EADDRINUSE' })
    await taken.close()
    await lab.node().startServer(bind, { replaceStale: true })
  })

  it('that a killed process has left is in the way, unless replaceStale is set', async () => {
    const file = place()
    leaveStale(file)
    const node = lab.node()
    expect(await rejectionOf(node.startServer({ path: file }))).to.include({ code: 'EADDRINUSE' })
    expect(await rejectionOf(node.startServer({ path: file }, { replaceStale: false }))).to.include({
      code: 'EADDRINUSE',
    })
    await node.startServer({ path: file }, { replaceStale: true })
    const client = lab.node()
    await client.connectTo({ path: file })
    client.send(Buffer.from('hello'))
    expect(await receiveText(node, 1)).to.deep.equal(['hello'])
  })

  it('is never replaced where something answers, or where it is no socket', async () => {
    const file = place()
    const first = lab.node()
    await first.startServer({ path: file })
    expect(await rejectionOf(lab.node().startServer({ path: file }, { replaceStale: true }))).to.include({
      code: 'EADDRINUSE',
    })
    await lab.node().connectTo({ path: file })

    const text = place()
    writeFileSync(text, 'precious')
    expect(await rejectionOf(lab.node().startServer({ path: text }, { replaceStale: true }))).to.include({
      code: 'EADDRINUSE',
    })
    expect(existsSync(text)).to.equal(true)
  })

  it('is removed when its node stops listening, and the place is free again', async () => {
    const file = place()
    const node = lab.node()
    await node.startServer({ path: file })
    await node.stopServer()
    expect(existsSync(file)).to.equal(false)
    await node.startServer({ path: file })
    await node.close()
    expect(existsSync(file)).to.equal(false)
  })

  it('of a new node stays when an old one closes that was there before', async () => {
    const file = place()
    const old = lab.node()
    await old.startServer({ path: file })
    rmSync(file)
    const young = lab.node()
    await young.startServer({ path: file })
    await old.close()
    const client = lab.node()
    await client.connectTo({ path: file })
    client.send(Buffer.from('still there'))
    expect(await receiveText(young, 1)).to.deep.equal(['still there'])
    await young.close()
    expect(existsSync(file)).to.equal(false)
  })

  it('may have been moved or removed: closing minds its own', async () => {
    const file = place()
    const node = lab.node()
    await node.startServer({ path: file })
    renameSync(file, `${file}.moved`)
    await node.close()
    expect(existsSync(`${file}.moved`)).to.equal(true)
  })

  it('is where the path says, whole: one that the system would cut is refused', async () => {
    const long = path.join(folder, 'x'.repeat(107 - folder.length - 1))
    await lab.node().startServer({ path: long })
    expect(existsSync(long)).to.equal(true)
    for (const start of [
      () => lab.node().startServer({ path: `${long}y` }),
      () => lab.node().connectTo(`unix:${long}y`),
    ]) {
      const error = await rejectionOf(start())
      expect(error)
        .to.be.instanceOf(RangeError)
        .with.property('message', "Cannot use path of 108 bytes: the system's limit is 107")
    }
  })

  it('may have no file at all: an abstract name works and is let go', async () => {
    if (process.platform !== 'linux') return
    const name = `\0lengthwise-${process.pid}`
    const node = lab.node()
    await node.startServer({ path: name })
    const socket = net.connect({ path: name })
    lab.later(() => socket.destroy())
    await new Promise((resolve) => socket.once('connect', resolve))
    await node.close()
  })
})
