import { expect } from 'chai'
import { Authority } from '../support/certificates.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { run, start, startListening } from './session.js'

describeWith(counterparts.openssl, 'lengthwise over TLS', (openssl) => {
  const authority = new Authority(openssl)
  const server = authority.issue('localhost')
  const ada = authority.issue('ada')
  const [ca, cert, key] = [authority.own.certFile, server.certFile, server.keyFile]

  it('listens with a certificate, and carries messages for who trusts it', async () => {
    await using listening = await startListening('127.0.0.1:0', '--tls', '--cert', cert, '--key', key)
    expect(listening.endpoint).to.match(/^tls:\/\/127\.0\.0\.1:\d+$/)
    const { stdout, exitCode } = await run(['connect', listening.endpoint, '--ca', ca], 'hi\n')
    expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 0 })
    expect(await listening.printed()).to.match(/^tls:\/\/127\.0\.0\.1:\d+#1\thi$/)
  })

  it('uses it for every endpoint with --tls', async () => {
    await using one = await startListening('tls://127.0.0.1:0', '--cert', cert, '--key', key)
    const port = one.endpoint.replace(/.*:/, '')
    for (const endpoint of [port, `localhost:${port}`, `tcp://127.0.0.1:${port}`, one.endpoint]) {
      expect((await run(['connect', '--tls', endpoint, '--ca', ca], 'hi\n')).exitCode).to.equal(0)
      expect(await one.printed()).to.match(/\thi$/)
    }
  })

  it('asks for certificates where it listens with --ca', async () => {
    await using listening = await startListening('0', '--tls', '--cert', cert, '--key', key, '--ca', ca)
    await using stranger = start(['connect', listening.endpoint, '--ca', ca])
    expect((await stranger.ended).exitCode).to.equal(1)
    const known = ['--cert', ada.certFile, '--key', ada.keyFile]
    expect((await run(['connect', listening.endpoint, '--ca', ca, ...known], 'hi\n')).exitCode).to.equal(0)
    expect(await listening.printed()).to.match(/\thi$/)
  })

  it('says why a server is not trusted', async () => {
    await using listening = await startListening('0', '--tls', '--cert', cert, '--key', key)
    const { stderr, exitCode } = await run(['connect', listening.endpoint], 'hi\n')
    expect(exitCode).to.equal(1)
    expect(stderr).to.include(
      `lengthwise: Cannot connect to ${listening.endpoint}: unable to verify the first certificate`,
    )
  })

  const wrong: readonly (readonly [args: readonly string[], exitCode: number, sentence: string])[] = [
    [['--tls'], 2, 'Cannot listen with TLS without a certificate: add --cert and --key'],
    [['--tls', '--cert', cert], 2, 'Cannot use --cert without --key'],
    [['--tls', '--key', key], 2, 'Cannot use --key without --cert'],
    [['--cert', cert, '--key', key], 2, 'Cannot use --cert without TLS: add --tls, or write tls://'],
    [['--tls', '--cert', '/no/such', '--key', key], 1, 'Cannot read /no/such: no such file or directory (ENOENT)'],
    [['--tls', '--cert', key, '--key', key], 1, 'Cannot listen at 0: '],
  ]
  for (const [args, exitCode, sentence] of wrong) {
    it(`ends with ${exitCode} and says: ${sentence}`, async () => {
      const ended = await run(['listen', '0', ...args])
      expect(ended.stderr).to.include(`lengthwise: ${sentence}`)
      expect(ended.exitCode).to.equal(exitCode)
    })
  }

  it('does not go where there is no TLS', async () => {
    const { stderr, exitCode } = await run(['connect', '--tls', 'unix:/run/x.sock'])
    expect({ stderr, exitCode }).to.deep.equal({
      stderr: 'lengthwise: Cannot use --tls with unix:/run/x.sock: expected host:port or a port\n',
      exitCode: 2,
    })
  })
})
