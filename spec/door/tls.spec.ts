import { expect } from 'chai'
import net from 'node:net'
import { type IpAddress, type Peer, type PeerNode, type PeerNodeOptions, type TlsOptions } from '../../lib/index.js'
import { Authority } from '../support/certificates.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { arrival, departure, Lab, rejectionOf } from '../support/lab.js'

describeWith(counterparts.openssl, 'the door, over TLS', (openssl) => {
  const lab = new Lab()
  const authority = new Authority(openssl)
  const [server, ada] = [authority.issue('localhost'), authority.issue('ada')]
  const ca = authority.own.cert

  async function hub(
    options: PeerNodeOptions = {},
    tls: TlsOptions = {},
  ): Promise<{ node: PeerNode; address: IpAddress }> {
    const node = lab.node({ tls: { ...server, ca, ...tls }, ...options })
    return { node, address: (await node.startServer('tls://127.0.0.1:0')) as IpAddress }
  }

  it('turns an address away that is blocked before its handshake', async () => {
    const blockList = new net.BlockList()
    blockList.addAddress('127.0.0.1')
    let handshakes = 0
    const { address } = await hub(
      { blockList },
      {
        ALPNCallback: () => {
          handshakes++
          return 'x'
        },
      },
    )
    const client = lab.node({ tls: { ca, ALPNProtocols: ['x'] } })
    expect(await rejectionOf(client.connectTo(address))).to.include({ code: 'ECONNRESET' })
    blockList.addAddress('127.0.0.2')
    expect(handshakes).to.equal(0)
  })

  it('counts handshakes as pending, and serves others meanwhile', async () => {
    const { node, address } = await hub({ maxPending: 4 })
    const ended: Promise<unknown>[] = []
    for (let i = 0; i < 10; i++) {
      const socket = await lab.dial(address)
      ended.push(new Promise((resolve) => socket.once('end', resolve).resume()))
    }
    const joined = arrival(node)
    await lab.node({ tls: { ca } }).connectTo(address)
    await joined
    // Those that came first.
    await Promise.all(ended.slice(0, 6))
    expect(node.peers.size).to.equal(1)
  })

  it('knows a remote again by its certificate', async () => {
    const { node, address } = await hub({ duplicates: 'replace' }, { requestCert: true })
    const first = arrival(node)
    await lab.node({ tls: { ...ada, ca } }).connectTo(address)
    const old = await first
    const left = departure(node)
    const second = arrival(node)
    await lab.node({ tls: { ...ada, ca } }).connectTo(address)
    expect((await second).identity).to.equal(old.identity)
    expect((await left).peer).to.equal(old)
  })

  it('dials again with the options of the endpoint', async () => {
    const { node, address } = await hub()
    const joined = arrival(node)
    const client = lab.node({ reconnect: { minMs: 1 } })
    const peer = await client.connectTo({ ...address, tls: { ca } })
    const again = new Promise<Peer>((resolve) => client.once('peer', resolve))
    await node.closePeer(await joined)
    expect(await again)
      .to.include({ identity: server.fingerprint })
      .and.not.equal(peer)
  })
})
