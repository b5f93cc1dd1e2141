import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PeerNode, protocols } from '../../lib/index.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { freePort, ServerProcess } from '../support/server-process.js'

const A = 1
const TXT = 16

/** A question about `name`. */
function queryOf(id: number, name: string, type: number): Buffer {
  const header = Buffer.from('0000 0100 0001 0000 0000 0000'.replaceAll(' ', ''), 'hex')
  header.writeUInt16BE(id)
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`))
  return Buffer.concat([header, ...labels, Buffer.of(0, 0, type, 0, 1)])
}

/** What was asked for, without the name in front of it, which is a reference of two bytes. */
function* recordsOf(answer: Buffer, query: Buffer): Generator<Buffer> {
  let at = query.length
  for (let count = answer.readUInt16BE(6); count > 0; count--) {
    const start = at + 12
    at = start + answer.readUInt16BE(start - 2)
    yield answer.subarray(start, at)
  }
}

describeWith(counterparts.unbound, 'unbound', (path) => {
  let folder: string
  let server: ServerProcess | undefined
  let port: number

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lengthwise-'))
    port = await freePort()
    const addresses = Array.from({ length: 500 }, (_, i) => `local-data: "n${i}.test. A 10.1.${i >> 8}.${i & 255}"`)
    const texts = Array.from({ length: 200 }, (_, i) => `local-data: 'long.test. TXT "${i} ${'x'.repeat(200)}"'`)
    const configuration = join(folder, 'unbound.conf')
    writeFileSync(
      configuration,
      `server:
        interface: 127.0.0.1@${port}
        do-udp: no
        do-daemonize: no
        username: ""
        chroot: ""
        directory: "${folder}"
        pidfile: ""
        use-syslog: no
        verbosity: 1
        local-zone: "test." static
        ${[...addresses, ...texts].join('\n        ')}
      remote-control:
        control-enable: no
      `,
    )
    server = new ServerProcess(path, ['-d', '-c', configuration])
    await server.says('start of service')
  })

  after(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers 500 queries that were sent at once', async () => {
    const queries = new Map(Array.from({ length: 500 }, (_, i) => [i + 1000, queryOf(i + 1000, `n${i}.test`, A)]))

    await using node = new PeerNode({ framing: protocols.dns, connect: { host: '127.0.0.1', port } })
    await node.start()
    for (const query of queries.values()) node.send(query)

    const addresses = new Map<number, string>()
    for await (const { data: answer } of node.readRaw()) {
      const id = answer.readUInt16BE()
      for (const address of recordsOf(answer, queries.get(id)!)) addresses.set(id, address.join('.'))
      if (addresses.size === queries.size) break
    }

    expect([...addresses].sort(([one], [other]) => one - other)).to.deep.equal(
      Array.from(queries.keys(), (id, i) => [id, `10.1.${i >> 8}.${i & 255}`]),
    )
  })

  it('answers with more than a datagram could carry', async () => {
    await using node = new PeerNode({ framing: protocols.dns, connect: { host: '127.0.0.1', port } })
    await node.start()
    const query = queryOf(7, 'long.test', TXT)
    node.send(query)
    const { value } = await node.readRaw().next()

    const answer = value!.data
    expect(answer.length).to.be.greaterThan(40_000)
    // The first byte of a text is its length.
    const texts = Array.from(recordsOf(answer, query), (record) => record.toString('latin1', 1))
    expect(texts.map((text) => Number.parseInt(text)).sort((one, other) => one - other)).to.deep.equal([
      ...Array(200).keys(),
    ])
    for (const text of texts) expect(text).to.match(/^\d+ x{200}$/)
  })
})
