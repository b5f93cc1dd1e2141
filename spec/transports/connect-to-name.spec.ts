import { expect } from 'chai'
import { promises as dns } from 'node:dns'
import { getEventListeners } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { Lab, rejectionOf } from '../support/lab.js'

/** An address at which connecting neither succeeds nor fails. */
const SLOW = '192.0.2.1'

describe('dialling a name', () => {
  const lab = new Lab()

  /** Makes a name stand for addresses, and SLOW take its time. */
  function resolveTo(...addresses: readonly string[]): string[] {
    const { lookup } = dns
    const connect = Reflect.get<net.Socket, 'connect'>(net.Socket.prototype, 'connect')
    const dialled: string[] = []
    Object.assign(dns, {
      lookup: () => Promise.resolve(addresses.map((address) => ({ address, family: net.isIP(address) }))),
    })
    syncBuiltinESMExports()
    net.Socket.prototype.connect = function (this: net.Socket, target: net.TcpSocketConnectOpts) {
      dialled.push(target.host!)
      return target.host === SLOW ? this : connect.call(this, target as never)
    } as unknown as typeof connect
    lab.later(() => {
      net.Socket.prototype.connect = connect
      Object.assign(dns, { lookup })
      syncBuiltinESMExports()
    })
    return dialled
  }

  it('tells every address and its reason when all of them fail, in one sentence', async () => {
    resolveTo('127.0.0.1', '::1')
    const error = await rejectionOf(lab.node().connectTo('hub.test:1'))
    expect(error).to.be.instanceOf(AggregateError).and.include({
      code: 'ECONNREFUSED',
      message: 'Cannot connect to hub.test:1: connect ECONNREFUSED 127.0.0.1:1, connect ECONNREFUSED ::1:1',
    })
    expect((error as AggregateError).errors).to.have.lengthOf(2)
  })

  it("tells the system's own error where there is one address", async () => {
    resolveTo('127.0.0.1')
    expect(await rejectionOf(lab.node().connectTo('hub.test:1'))).to.include({
      message: 'connect ECONNREFUSED 127.0.0.1:1',
    })
  })

  it('begins the next address when one has failed, or has taken 250 ms, the families in turn', async () => {
    const { address } = await lab.listen()
    const dialled = resolveTo('127.0.0.2', SLOW, '::1', '127.0.0.1')
    const startedMs = performance.now()
    const peer = await lab.node().connectTo({ host: 'hub.test', port: address.port })
    expect(dialled).to.deep.equal(['127.0.0.2', '::1', SLOW, '127.0.0.1'])
    expect(performance.now() - startedMs).to.be.within(240, 2000)
    expect(peer.address).to.deep.equal(address)
    expect(peer.endpoint).to.deep.equal({ host: 'hub.test', port: address.port })
  })

  it('gives no address up before connectTimeoutMs, though it be slow', async () => {
    resolveTo(SLOW)
    const startedMs = performance.now()
    const error = await rejectionOf(lab.node({ connectTimeoutMs: 600 }).connectTo('hub.test:9'))
    expect(performance.now() - startedMs).to.be.within(590, 2000)
    expect(error).to.include({ code: 'ERR_TIMEOUT', phase: 'connect', limit: 600 })
  })

  it('ends with its signal, during the look-up too, and leaves no listener on it', async () => {
    const controller = new AbortController()
    resolveTo(SLOW, SLOW)
    const dialled = rejectionOf(lab.node().connectTo('hub.test:9', { signal: controller.signal }))
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort('enough')
    expect(await dialled).to.equal('enough')
    expect(getEventListeners(controller.signal, 'abort')).to.be.empty

    Object.assign(dns, { lookup: () => new Promise(() => {}) })
    syncBuiltinESMExports()
    const other = new AbortController()
    const looking = rejectionOf(lab.node().connectTo('hub.test:9', { signal: other.signal }))
    await new Promise((resolve) => setImmediate(resolve))
    other.abort('never mind')
    expect(await looking).to.equal('never mind')
  })

  it('takes as long as connectTimeoutMs says when the look-up does not end', async () => {
    resolveTo()
    Object.assign(dns, { lookup: () => new Promise(() => {}) })
    syncBuiltinESMExports()
    expect(await rejectionOf(lab.node({ connectTimeoutMs: 50 }).connectTo('hub.test:9'))).to.include({
      phase: 'connect',
    })
  })

  it('is what localhost needs, where one of its addresses does not answer', async () => {
    const { address } = await lab.listen()
    const { port } = address
    expect((await lab.node().connectTo(`localhost:${port}`)).address).to.deep.equal(address)
    expect(await rejectionOf(lab.node().connectTo('no-such-host.invalid:1')))
      .to.have.property('code')
      .that.is.oneOf(['ENOTFOUND', 'EAI_AGAIN'])
  })
})
