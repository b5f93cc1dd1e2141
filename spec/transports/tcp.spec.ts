import { expect } from 'chai'
import { tcp, unix } from '../../lib/index.js'
import { rejectionOf } from '../support/lab.js'

describe('transports', () => {
  const ip = { host: '127.0.0.1', port: 0 }
  const path = { path: '/run/x.sock' }
  const { signal } = new AbortController()
  const listenOptions = { onConnection: () => {}, onError: () => {} }

  it('accept the addresses that they can use', () => {
    expect([ip, path, { ...ip, tls: {} }, { ...path, tls: {} }].map((address) => tcp.accepts(address))).to.deep.equal([
      true,
      false,
      false,
      false,
    ])
    expect([ip, path, { ...ip, tls: {} }, { ...path, tls: {} }].map((address) => unix.accepts(address))).to.deep.equal([
      false,
      true,
      false,
      false,
    ])
  })

  it('refuse the others', () => {
    expect(() => tcp.listen(path, listenOptions)).to.throw(TypeError, 'Cannot use /run/x.sock for TCP')
    expect(() => tcp.connect(path, signal)).to.throw(TypeError, 'Cannot use /run/x.sock for TCP')
    expect(() => unix.listen(ip, listenOptions)).to.throw(TypeError, 'Cannot use port 0 for a Unix socket')
    expect(() => unix.connect(ip, signal)).to.throw(TypeError, 'Cannot use port 0 for a Unix socket')
  })

  it('listen without a signal', async () => {
    const listener = await tcp.listen(ip, listenOptions)
    expect(listener.address).to.have.property('port').greaterThan(0)
    listener.close()
  })

  it('do not begin with a signal that is aborted', async () => {
    const aborted = AbortSignal.abort('enough')
    expect(await rejectionOf(tcp.listen(ip, { ...listenOptions, signal: aborted }))).to.equal('enough')
  })
})
