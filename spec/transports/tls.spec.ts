import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import nodeTls from 'node:tls'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import {
  type FramingError,
  type IpAddress,
  memory,
  type PeerCandidate,
  type PeerNode,
  type PeerNodeOptions,
  tcp,
  tls,
  type TlsOptions,
} from '../../lib/index.js'
import { resolveEndpoint } from '../../lib/transports/endpoint.js'
import { describeTransport } from '../contract/transport.js'
import { Authority } from '../support/certificates.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { arrival, departure, Lab, receiveText, rejectionOf } from '../support/lab.js'
import { freePort } from '../support/server-process.js'
import { ROOT } from '../support/root.js'

describeWith(counterparts.openssl, 'TLS', (openssl) => {
  const authority = new Authority(openssl)
  const server = authority.issue('localhost')
  const ada = authority.issue('ada')
  const stranger = new Authority(openssl, 'stranger').issue('eve')
  const ca = authority.own.cert
  const lab = new Lab()

  describeTransport({
    transport: tls,
    free: () => ({ port: 0, tls: true }),
    nowhere: () => ({ port: 1, tls: true }),
    refusal: 'ECONNREFUSED',
    tls: { cert: server.cert, key: server.key, ca },
  })

  interface Hub {
    readonly node: PeerNode
    readonly address: IpAddress
    readonly seen: PeerCandidate[]
    /** Resolves with why the next connection is refused. */
    readonly refused: () => Promise<string>
  }

  /** A node that listens with TLS, and remembers whom it saw. */
  async function hub(settings: PeerNodeOptions['tls'] = {}, options: PeerNodeOptions = {}): Promise<Hub> {
    const seen: PeerCandidate[] = []
    const sentences: string[] = []
    let wake = (): void => {}
    const node = lab.node({
      tls: typeof settings === 'function' ? settings : { cert: server.cert, key: server.key, ca, ...settings },
      goodPeer: (candidate) => seen.push(candidate) > 0,
      logger: {
        warn: (_fields, sentence) => {
          sentences.push(sentence)
          wake()
        },
      },
      ...options,
    })
    return {
      node,
      address: (await node.startServer({ port: 0, tls: true })) as IpAddress,
      seen,
      refused: async () => {
        while (sentences.length === 0) await new Promise<void>((resolve) => (wake = resolve))
        return sentences.shift()!
      },
    }
  }

  /** A bare socket of node:tls, behind its handshake. */
  async function dial(address: IpAddress, options: TlsOptions = {}): Promise<nodeTls.TLSSocket> {
    const { host, port } = address
    const socket = nodeTls.connect({ host, port, ca, servername: 'localhost', ...options })
    socket.on('error', () => {})
    lab.later(() => socket.destroy())
    await once(socket, 'secureConnect')
    return socket
  }

  describe('endpoints', () => {
    const read = (endpoint: Parameters<typeof resolveEndpoint>[0]): unknown => {
      const { transport, address } = resolveEndpoint(endpoint, [tcp, tls, memory])
      return [transport.name, address]
    }

    it('are tls://host:port, also as a URL, and { host, port, tls }', () => {
      const address = { host: 'localhost', port: 9000, tls: true }
      for (const endpoint of [
        'tls://localhost:9000',
        'TLS://localhost:9000/',
        new URL('tls://localhost:9000'),
        address,
      ])
        expect(read(endpoint)).to.deep.equal(['tls', address])
      expect(read('tls://[::1]:1')).to.deep.equal(['tls', { host: '::1', port: 1, tls: true }])
      expect(read({ port: 1, tls: false })).to.deep.equal(['tcp', { host: '127.0.0.1', port: 1 }])
    })

    it('may have options, which get into no log with them', () => {
      const { address } = resolveEndpoint({ port: 1, tls: { key: server.key } }, [tls])
      expect(inspect(address, { depth: 9 }) + JSON.stringify(address)).not.to.include('KEY')
      expect(resolveEndpoint(address, [tls]).address).to.deep.equal(address)
      expect((address.tls as () => TlsOptions)()).to.deep.equal({ key: server.key })
    })

    it('are written as they are read', () => {
      expect(tls.format({ host: '::1', port: 1, tls: true })).to.equal('tls://[::1]:1')
    })

    it('are refused where they are wrong, and never taken for TCP', () => {
      expect(() => read('tls://localhost')).to.throw(TypeError, 'expected tls://host:port')
      expect(() => read('tls://localhost:99999')).to.throw(RangeError, 'port')
      expect(() => read({ port: 1, tls: 'yes' as unknown as boolean })).to.throw(TypeError, 'got string "yes"')
      expect(() => read({ port: 1, tls: true, path: '/x' })).to.throw(TypeError, 'path beside its port')
      expect(() => resolveEndpoint({ port: 1, tls: true }, [tcp])).to.throw(TypeError, 'got { port, tls }')
      expect(() => resolveEndpoint('tls://localhost:1', [tcp])).to.throw(TypeError)
    })
  })

  describe('the tls option', () => {
    it('is refused where it is none', () => {
      for (const wrong of [null, 'x', 7, true])
        expect(() => lab.node({ tls: wrong as unknown as TlsOptions })).to.throw(TypeError, 'Cannot use tls')
    })

    it('has to hold a certificate for a node that listens', async () => {
      for (const settings of [undefined, {}, { ca }, () => ({})])
        expect(await rejectionOf(lab.node({ tls: settings }).startServer('tls://127.0.0.1:0'))).to.include({
          name: 'TypeError',
          message: 'Cannot listen with TLS: expected tls.cert and tls.key, tls.pfx or tls.SNICallback',
        })
    })

    it('is refused by node:tls where that cannot use it, and the node can try again', async () => {
      const node = lab.node({ tls: { cert: 'no certificate', key: server.key } })
      expect(await rejectionOf(node.startServer('tls://127.0.0.1:0'))).to.have.property(
        'code',
        'ERR_OSSL_PEM_NO_START_LINE',
      )
      await node.startServer({ port: 0, tls: server })
      expect(
        await rejectionOf(lab.node({ tls: { minVersion: 'x' as 'TLSv1.3' } }).connectTo(node.address!)),
      ).to.have.property('code', 'ERR_TLS_INVALID_PROTOCOL_VERSION')
    })

    it('is overridden by that of an endpoint', async () => {
      const { address, node } = await hub()
      await node.startServer({ port: await freePort(), tls: stranger })
      const [, other] = node.addresses
      const client = lab.node({ tls: { ca } })
      expect((await client.connectTo(address)).identity).to.equal(server.fingerprint)
      expect(await rejectionOf(client.connectTo(other!))).to.be.instanceOf(Error)
      const peer = await client.connectTo({ ...other, tls: { rejectUnauthorized: false } })
      expect(peer.identity).to.equal(stranger.fingerprint)
    })

    it('reaches node:tls whole: versions, ALPN and server names', async () => {
      const names: string[] = []
      const { address } = await hub({
        ALPNProtocols: ['chat'],
        SNICallback: (name, callback) => {
          names.push(name)
          callback(null, nodeTls.createSecureContext({ ...server, maxVersion: 'TLSv1.2' }))
        },
      })
      const socket = await dial(address, { ALPNProtocols: ['x', 'chat'] })
      expect([socket.alpnProtocol, names]).to.deep.equal(['chat', ['localhost']])
      await lab.node({ tls: { ca } }).connectTo({ ...address, host: 'localhost' })
      await lab.node({ tls: { ca, servername: 'localhost' } }).connectTo(address)
      await lab.node({ tls: { ca } }).connectTo(address)
      expect(names).to.deep.equal(['localhost', 'localhost', 'localhost'])
    })
  })

  describe('a peer', () => {
    it('is known by the fingerprint of its certificate, on both sides', async () => {
      const { node, address, seen } = await hub({ requestCert: true })
      const joined = arrival(node)
      const candidates: PeerCandidate[] = []
      const client = lab.node({ tls: { ...ada, ca }, goodPeer: (candidate) => candidates.push(candidate) > 0 })
      const peer = await client.connectTo(address)
      expect(peer.identity).to.equal(server.fingerprint)
      expect((await joined).identity).to.equal(ada.fingerprint)
      expect((await joined).id).to.match(/^tls:\/\/127\.0\.0\.1:\d+#1$/)
      for (const [candidate, direction, { cert }] of [
        [seen[0]!, 'inbound', ada],
        [candidates[0]!, 'outbound', server],
      ] as const) {
        expect(candidate).to.include({ direction, authorized: true })
        expect(candidate.certificate).to.be.instanceOf(X509Certificate)
        expect(candidate.certificate!.raw.equals(new X509Certificate(cert).raw)).to.be.true
        expect(candidate.address).to.include({ host: '127.0.0.1', tls: true })
      }
    })

    it('has no identity without a certificate', async () => {
      const { node, address, seen } = await hub()
      const joined = arrival(node)
      await lab.node({ tls: { ca } }).connectTo(address)
      expect((await joined).identity).to.equal(undefined)
      expect(seen[0]).to.include({ identity: undefined, certificate: undefined, authorized: false })
    })

    it('has one though its authority is not known, and goodPeer decides', async () => {
      const known = new Set([stranger.fingerprint])
      const { node, address, refused } = await hub(
        { requestCert: true, rejectUnauthorized: false },
        { goodPeer: ({ identity, authorized }) => authorized || known.has(identity ?? '') },
      )
      for (const credentials of [stranger, ada]) {
        const joined = arrival(node)
        await lab.node({ tls: { ...credentials, ca } }).connectTo(address)
        expect((await joined).identity).to.equal(credentials.fingerprint)
      }
      for (const credentials of [{}, new Authority(openssl).issue('mallory')]) {
        await lab.node({ tls: { ...credentials, ca } }).connectTo(address)
        expect(await refused()).to.include('goodPeer refused it')
      }
      expect(node.peers.size).to.equal(2)
    })

    it('is refused without a certificate that is trusted, where one is asked for, and both sides are told', async () => {
      const { node, address, refused } = await hub({ requestCert: true })
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        const client = lab.node({ tls: { ca, maxVersion } })
        const gone = departure(client)
        const code = await client.connectTo(address).then(
          // With TLS 1.3 a client is through before the server has looked at its certificate.
          async () => ((await gone).reason as NodeJS.ErrnoException).code,
          (error: unknown) => (error as NodeJS.ErrnoException).code,
        )
        expect(code).to.match(/ALERT_(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)/)
        expect(await refused()).to.match(
          /^Refused tls:\/\/127\.0\.0\.1:\d+: Cannot accept .*: TLS handshake failed, peer did not return a certificate$/,
        )
      }
      const client = lab.node({ tls: { ...stranger, ca } })
      const gone = departure(client)
      await client.connectTo(address)
      await gone
      expect(await refused()).to.include('the certificate is not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE')
      expect(node.peers.size).to.equal(0)
    })

    it('is not dialled where its certificate is of no authority that is known, or of another host', async () => {
      const { address } = await hub()
      expect(await rejectionOf(lab.node().connectTo(address))).to.include({ code: 'SELF_SIGNED_CERT_IN_CHAIN' })
      const error = await rejectionOf(lab.node({ tls: { ca, servername: 'hub.test' } }).connectTo(address))
      expect(error).to.include({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', host: 'hub.test' })
    })
  })

  describe('where one side does not speak it', () => {
    it('a client without TLS is told by its framing, a server with TLS by its handshake', async () => {
      const { address, refused, node } = await hub()
      const client = lab.node()
      const gone = departure(client)
      await client.connectTo({ host: address.host, port: address.port })
      client.send(Buffer.from('hello'))
      expect(await refused()).to.include('TLS handshake failed, the bytes are no TLS: does the other side use it?')
      const { code, message } = (await gone).reason as FramingError
      expect(code).to.equal('ERR_MESSAGE_TOO_LARGE')
      expect(message).to.include('(the bytes look like a TLS alert: does the other side use TLS?)')
      expect(node.peers.size).to.equal(0)
    })

    it('a client with TLS is told that the handshake came to nothing, a server without it by its framing', async () => {
      const { node, address } = await lab.listen()
      const gone = departure(node)
      const error = await rejectionOf(lab.node().connectTo({ ...address, tls: true }))
      expect(error).to.include({
        code: 'ECONNRESET',
        message: 'Client network socket disconnected before secure TLS connection was established',
      })
      const { code, message } = (await gone).reason as FramingError
      expect(code).to.equal('ERR_MESSAGE_TOO_LARGE')
      expect(message).to.include('(the bytes look like a TLS hello: does the other side use TLS?)')
    })

    it('a client with TLS understands a server that greets in plain text', async () => {
      const address = await lab.serve((socket) => socket.write('220 welcome to my server\r\n'))
      expect(await rejectionOf(lab.node().connectTo({ ...address, tls: true }))).to.include({
        code: 'ERR_SSL_WRONG_VERSION_NUMBER',
        message: 'TLS handshake failed, the bytes are no TLS: does the other side use it?',
      })
    })
  })

  describe('a handshake', () => {
    it('that does not end is ended by its deadline, whichever side waits', async () => {
      const { address, refused } = await hub({}, { handshakeTimeoutMs: 60 })
      for (const begin of [Buffer.alloc(0), Buffer.from('160301020001', 'hex')]) {
        const socket = await lab.dial(address)
        const startedMs = performance.now()
        socket.write(begin)
        await once(socket.resume(), 'end')
        expect(performance.now() - startedMs).to.be.within(50, 1000)
        expect(await refused()).to.include('no answer within 60 ms')
      }
      const silent = await lab.serve()
      const error = await rejectionOf(lab.node({ handshakeTimeoutMs: 60 }).connectTo({ ...silent, tls: true }))
      expect(error).to.include({ code: 'ERR_TIMEOUT', phase: 'handshake', limit: 60 })
    })

    it('and goodPeer share one deadline', async () => {
      const { address, refused } = await hub({}, { handshakeTimeoutMs: 60, goodPeer: () => new Promise(() => {}) })
      const client = lab.node({ tls: { ca } })
      const gone = departure(client)
      await client.connectTo(address)
      await gone
      expect(await refused()).to.include('no answer within 60 ms')
    })

    it('is over for a remote that ends or resets instead, at once', async () => {
      const { address, refused } = await hub()
      for (const leave of ['end', 'resetAndDestroy'] as const) {
        const socket = await lab.dial(address)
        socket.write(Buffer.from('160301020001', 'hex'))
        socket[leave]()
        expect(await refused()).to.match(/Cannot accept .*(?:socket hang up|ECONNRESET)/)
      }
      const rude = await lab.serve((socket) => socket.end())
      expect(await rejectionOf(lab.node().connectTo({ ...rude, tls: true }))).to.include({ code: 'ECONNRESET' })
    })

    it('is over when the node closes, or who dials gives up', async () => {
      const { node, address, refused } = await hub()
      const socket = await lab.dial(address)
      const ended = once(socket.resume(), 'end')
      // The system has accepted it when another one is through.
      await lab.node({ tls: { ca } }).connectTo(address)
      await node.close()
      await ended
      expect(await refused()).to.include('the node is closed')

      const silent = await lab.serve()
      const controller = new AbortController()
      const dialled = rejectionOf(lab.node().connectTo({ ...silent, tls: true }, { signal: controller.signal }))
      setTimeout(() => controller.abort('enough'), 20)
      expect(await dialled).to.equal('enough')
    })

    it('is survived by the process, though functions among the options throw', async () => {
      const thrown: string[] = []
      const boom = (): never => {
        throw new Error('oh')
      }
      for (const [settings, sentence] of [
        [{ SNICallback: boom }, 'tls.SNICallback threw: oh'],
        [{ SNICallback: async () => Promise.reject(new Error('oh')) }, 'tls.SNICallback threw: oh'],
        [{ ALPNCallback: boom }, 'no application protocol'],
      ] as const) {
        const { node, address, refused } = await hub(settings)
        node.on('error', ({ message }) => thrown.push(message))
        const client = { ca, servername: 'localhost', ALPNProtocols: ['x'] }
        expect(await rejectionOf(lab.node({ tls: client }).connectTo(address))).to.be.instanceOf(Error)
        expect(await refused()).to.include(sentence)
      }
      expect(thrown).to.deep.equal(['tls.ALPNCallback threw: oh'])
      const { address } = await hub()
      const dialled = lab.node({ tls: { ca, checkServerIdentity: boom } }).connectTo(address)
      expect(await rejectionOf(dialled)).to.include({ message: 'tls.checkServerIdentity threw: oh' })
    })
  })

  describe('a certificate that was renewed', () => {
    it('is shown to all who come from then on, while the node listens and its peers stay', async () => {
      const renewed = authority.issue('localhost')
      let current: TlsOptions = { cert: server.cert, key: server.key }
      let asked = 0
      const { node, address } = await hub(() => {
        asked++
        return current
      })
      const client = lab.node({ tls: { ca } })
      const first = arrival(node)
      const before = await client.connectTo(address)
      await first
      const second = arrival(node)
      current = { cert: renewed.cert, key: renewed.key }
      const after = await client.connectTo(address)
      await second
      expect([before.identity, after.identity]).to.deep.equal([server.fingerprint, renewed.fingerprint])
      expect(asked).to.equal(3)
      node.send(Buffer.from('to all'))
      expect(await receiveText(client, 2)).to.deep.equal(['to all', 'to all'])
    })

    it('that cannot be used refuses who comes, until there is one that can', async () => {
      let current: unknown = server
      const { address, refused } = await hub(() => {
        if (current === undefined) throw new Error('cannot read the file')
        return current as TlsOptions
      })
      const client = lab.node({ tls: { ca } })
      for (const [broken, why] of [
        [undefined, 'cannot read the file'],
        [7, 'expected a function that answers options of node:tls, got 7'],
        [{ cert: 'x', key: 'y' }, 'PEM'],
      ] as const) {
        current = broken
        expect(await rejectionOf(client.connectTo(address))).to.be.instanceOf(Error)
        expect(await refused()).to.include(why)
      }
      current = server
      await client.connectTo(address)
    })
  })

  it('reads little of a peer that is not admitted', async () => {
    let admit!: (answer: boolean) => void
    let ask!: () => void
    const asked = new Promise<void>((resolve) => (ask = resolve))
    const goodPeer = async (): Promise<boolean> => {
      ask()
      return new Promise((resolve) => (admit = resolve))
    }
    const { node, address } = await hub({}, { goodPeer })
    const socket = await dial(address)
    // More than the system and a socket have room for.
    for (let i = 0; i < 400; i++) socket.write(Buffer.alloc(65_536, 1))
    await asked
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(socket.writableLength).to.be.greaterThan(10_000_000)
    const joined = arrival(node)
    admit(true)
    await joined
  })

  it('loads node:tls with its first use, and not before', () => {
    const entry = pathToFileURL(`${ROOT}/lib/index.ts`).href
    const program = `
      const { PeerNode } = await import(${JSON.stringify(entry)})
      const loaded = () => process.moduleLoadList.some((name) => name === 'NativeModule _tls_wrap')
      const plain = new PeerNode({ bind: { port: 0 } })
      await plain.start()
      const client = new PeerNode()
      await client.connectTo(plain.address)
      const before = loaded()
      await client.connectTo({ ...plain.address, tls: true }).catch(() => {})
      console.log(before, loaded())
      await Promise.all([plain.close(), client.close()])`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
    const printed = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
    expect(printed.trim()).to.equal('false true')
  })

  describe('openssl s_client', () => {
    /** Connects, sends a frame, and answers all that was said. */
    async function talk({ host, port }: IpAddress, args: readonly string[]): Promise<string> {
      const { spawn } = await import('node:child_process')
      const child = spawn(openssl, [
        's_client',
        '-connect',
        `${host}:${port}`,
        '-CAfile',
        authority.own.certFile,
        ...args,
      ])
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
      child.stdin.on('error', () => {})
      child.stdin.write(Buffer.from('0000000568656c6c6f', 'hex'))
      await once(child, 'close')
      return said
    }

    it('is refused without a client certificate', async () => {
      const { address, refused, node } = await hub({ requestCert: true })
      const said = await talk(address, [])
      expect(said).to.match(/alert certificate required/)
      expect(await refused()).to.include('peer did not return a certificate')
      expect(node.peers.size).to.equal(0)
    })

    it('is admitted with one, and heard', async () => {
      const { address, node, seen } = await hub({ requestCert: true })
      node.addHandler(0, (from, _type, data) => {
        from.send(Buffer.from(`welcome, ${Buffer.from(data).toString()}`))
        from.end()
      })
      const said = await talk(address, ['-cert', ada.certFile, '-key', ada.keyFile])
      expect(said).to.include('welcome, hello')
      expect(seen[0]).to.include({ identity: ada.fingerprint, authorized: true })
    })
  })

  it('does not take a socket that is gone before its handshake for one', async () => {
    const { address, seen, node } = await hub()
    for (let i = 0; i < 20; i++) {
      const socket = net.connect(address)
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.resetAndDestroy()
    }
    await lab.node({ tls: { ca } }).connectTo(address)
    if (node.peers.size === 0) await arrival(node)
    expect(seen).to.have.lengthOf(1)
  })
})
