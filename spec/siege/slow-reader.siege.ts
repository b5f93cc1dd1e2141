import { expect } from 'chai'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import nodeTls from 'node:tls'
import { encodeFrame, type IpAddress, type TlsOptions } from '../../lib/index.js'
import { Authority } from '../support/certificates.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { arrival, departure, Lab } from '../support/lab.js'

describe('a peer that reads slowly', () => {
  const lab = new Lab()

  async function readSlowly(tls: TlsOptions | undefined, dial: (address: IpAddress) => Promise<Socket>): Promise<void> {
    const node = lab.node({ sendTimeoutMs: 1000, tls })
    const address = (await node.startServer({ port: 0, tls: tls !== undefined })) as IpAddress
    const joined = arrival(node)
    const socket = await dial(address)
    const peer = await joined
    socket.pause()
    const frame = encodeFrame(Buffer.alloc(4_000_000))
    for (let i = 0; i < 4; i++) peer.sendRaw(frame)
    // The system tells of room only when a third of what it holds is free again, every quarter of a second at this rate.
    const reading = setInterval(() => void socket.read(65_536), 20)
    lab.later(() => clearInterval(reading))
    await setTimeout(2500)
    expect(peer.isOpen).to.equal(true)
    expect(peer.stats.waiting).to.be.greaterThan(1_000_000)
    clearInterval(reading)
    expect((await departure(node)).reason).to.include({ code: 'ERR_SLOW_CONSUMER', limit: 1000 })
  }

  it('stays as long as it takes a little now and then, and is closed when it takes nothing', async () => {
    await readSlowly(undefined, async (address) => lab.dial(address))
  })

  describeWith(counterparts.openssl, 'over TLS', (openssl) => {
    const authority = new Authority(openssl)
    const { cert, key } = authority.issue('localhost')

    it('does too', async () => {
      await readSlowly({ cert, key }, async ({ host, port }) => {
        const socket = nodeTls.connect({ host, port, ca: authority.own.cert, servername: 'localhost' })
        socket.on('error', () => {})
        lab.later(() => socket.destroy())
        await once(socket, 'secureConnect')
        return socket
      })
    })
  })
})
