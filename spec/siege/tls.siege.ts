import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { IpAddress } from '../../lib/index.js'
import { Authority } from '../support/certificates.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { Lab } from '../support/lab.js'

const CLIENTS = 250
const TIMEOUT_MS = 2000

/** Connects so often, and so often again with the beginning of a ClientHello, and says nothing more. */
const ATTACK = `
  import net from 'node:net'
  const [host, port, count] = process.argv.slice(1)
  let connected = 0
  for (let i = 0; i < 2 * count; i++) {
    const socket = net.connect({ host, port })
    socket.on('error', () => {}).on('connect', () => {
      if (i % 2 === 0) socket.write(Buffer.from('16030102000100', 'hex'))
      if (++connected === 2 * count) console.log('all connected')
    })
  }
  process.stdin.on('end', () => process.exit()).resume()`

/** How many sockets this process has. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}

describeWith(counterparts.openssl, 'handshakes of TLS that do not end', (openssl) => {
  const lab = new Lab()
  const authority = new Authority(openssl)
  const { cert, key } = authority.issue('localhost')

  it(`leave nothing ${TIMEOUT_MS} ms and a tenth later, and others are served meanwhile`, async () => {
    const node = lab.node({ tls: { cert, key }, handshakeTimeoutMs: TIMEOUT_MS })
    const { host, port } = (await node.startServer('tls://127.0.0.1:0')) as IpAddress
    const before = sockets()
    const attack = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      ATTACK,
      host,
      String(port),
      String(CLIENTS),
    ])
    lab.later(() => attack.stdin.end())
    await once(attack.stdout, 'data')
    const startedMs = performance.now()
    const client = lab.node({ tls: { ca: authority.own.cert } })
    const peer = await client.connectTo({ host, port, tls: true })
    expect(performance.now() - startedMs).to.be.lessThan(500)
    await client.closePeer(peer)
    await setTimeout(TIMEOUT_MS * 1.1 - (performance.now() - startedMs))
    expect(sockets()).to.equal(before)
    expect(node.peers.size).to.equal(0)
  })
})
