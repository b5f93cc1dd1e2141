import { expect } from 'chai'
import { type Address, type Endpoint, formatAddress, memory, tcp, type Transport, unix } from '../../lib/index.js'
import { resolveEndpoint } from '../../lib/transports/endpoint.js'

const builtIn = [tcp, unix, memory]

describe('Endpoint', () => {
  const read: readonly (readonly [endpoint: Endpoint, transport: string, address: Address, written: string])[] = [
    [{ port: 9000 }, 'tcp', { host: '127.0.0.1', port: 9000 }, '127.0.0.1:9000'],
    [{ host: 'example.org', port: 0 }, 'tcp', { host: 'example.org', port: 0 }, 'example.org:0'],
    [{ host: '::1', port: 65_535 }, 'tcp', { host: '::1', port: 65_535 }, '[::1]:65535'],
    [{ host: '[::1]', port: 1 }, 'tcp', { host: '::1', port: 1 }, '[::1]:1'],
    [{ host: undefined, port: 1, path: undefined }, 'tcp', { host: '127.0.0.1', port: 1 }, '127.0.0.1:1'],
    [{ path: '/run/x.sock' }, 'unix', { path: '/run/x.sock' }, '/run/x.sock'],
    [{ url: 'memory:hub' }, 'memory', { url: 'memory:hub' }, 'memory:hub'],
    ['9000', 'tcp', { host: '127.0.0.1', port: 9000 }, '127.0.0.1:9000'],
    ['localhost:9000', 'tcp', { host: 'localhost', port: 9000 }, 'localhost:9000'],
    ['0.0.0.0:9000', 'tcp', { host: '0.0.0.0', port: 9000 }, '0.0.0.0:9000'],
    ['[::]:9000', 'tcp', { host: '::', port: 9000 }, '[::]:9000'],
    ['tcp://127.0.0.1:9000', 'tcp', { host: '127.0.0.1', port: 9000 }, '127.0.0.1:9000'],
    ['tcp://example.org:80/', 'tcp', { host: 'example.org', port: 80 }, 'example.org:80'],
    ['tcp://[::1]:9000', 'tcp', { host: '::1', port: 9000 }, '[::1]:9000'],
    ['TCP://[::1]:9000', 'tcp', { host: '::1', port: 9000 }, '[::1]:9000'],
    ['unix:/run/x.sock', 'unix', { path: '/run/x.sock' }, '/run/x.sock'],
    ['unix:///run/x.sock', 'unix', { path: '/run/x.sock' }, '/run/x.sock'],
    ['unix:x.sock', 'unix', { path: 'x.sock' }, 'x.sock'],
    ['memory:hub', 'memory', { url: 'memory:hub' }, 'memory:hub'],
    [new URL('tcp://localhost:9000'), 'tcp', { host: 'localhost', port: 9000 }, 'localhost:9000'],
    [new URL('tcp://[::1]:9000/'), 'tcp', { host: '::1', port: 9000 }, '[::1]:9000'],
    [new URL('localhost:9000'), 'tcp', { host: 'localhost', port: 9000 }, 'localhost:9000'],
    [new URL('unix:/run/a b.sock'), 'unix', { path: '/run/a b.sock' }, '/run/a b.sock'],
    [new URL('memory:hub'), 'memory', { url: 'memory:hub' }, 'memory:hub'],
  ]
  for (const [endpoint, transport, address, written] of read) {
    it(`reads ${endpoint instanceof URL ? `the URL ${endpoint.href}` : JSON.stringify(endpoint)}`, () => {
      const target = resolveEndpoint(endpoint, builtIn)
      expect(target.transport.name).to.equal(transport)
      expect(target.address).to.deep.equal(address)
      expect(target.name).to.equal(written)
      expect(formatAddress(target.address)).to.equal(written)
      expect(resolveEndpoint(target.address, builtIn).address).to.deep.equal(address)
    })
  }

  const refused: readonly (readonly [endpoint: unknown, error: typeof TypeError | typeof RangeError, says: string])[] =
    [
      [undefined, TypeError, 'got undefined'],
      [
        undefined,
        TypeError,
        'expected { port }, { path }, tcp://host:port, host:port or port, unix:/path, memory:name; ',
      ],
      [null, TypeError, 'got null'],
      [9000, TypeError, 'got 9000'],
      [[], TypeError, 'got Array'],
      [{}, TypeError, 'got {}'],
      ['tcp://user@localhost:9000', TypeError, 'expected tcp://host:port'],
      ['user@localhost:9000', TypeError, 'got string "user@localhost:9000"'],
      [{ prot: 1 }, TypeError, 'got { prot }'],
      [{ path: '' }, TypeError, 'Cannot use path: expected a string that is not empty'],
      [{ path: 7 }, TypeError, 'Cannot use path'],
      [{ port: '9000' }, TypeError, '"9000"'],
      [{ host: 7, port: 9000 }, TypeError, 'Cannot use host'],
      [{ host: 'localhost' }, TypeError, 'Cannot use port: expected a number, got undefined'],
      [{ port: 9000, path: '/x' }, TypeError, 'Cannot use endpoint with path beside its port'],
      [{ path: '/x', backlog: 7 }, TypeError, 'Cannot use endpoint with backlog beside its path'],
      [{ address: '::', family: 'IPv6', port: 1 }, TypeError, 'Cannot use endpoint with address beside its port'],
      [{ port: -1 }, RangeError, 'got -1'],
      [{ port: 65_536 }, RangeError, 'got 65536'],
      [{ port: 0.5 }, RangeError, 'got 0.5'],
      [{ port: NaN }, RangeError, 'got NaN'],
      [{ host: '', port: 1 }, TypeError, 'it is empty; write 0.0.0.0 or :: for all addresses'],
      ['', TypeError, 'got string ""'],
      ['localhost', TypeError, 'got string "localhost"'],
      ['http://example.org:80', TypeError, 'got string "http://example.org:80"'],
      [new URL('http://example.org:81'), TypeError, 'http://example.org:81'],
      ['tls://example.org:80', TypeError, 'tls://example.org:80'],
      ['tcp://example.org', TypeError, 'expected tcp://host:port'],
      ['tcp://:9000', TypeError, 'write 0.0.0.0 or ::'],
      [':9000', TypeError, 'write 0.0.0.0 or ::'],
      ['tcp://::1:9000', TypeError, 'expected tcp://host:port'],
      ['::1:9000', TypeError, '"::1:9000"'],
      ['tcp://127.0.0.1:99999', RangeError, 'got 99999'],
      ['99999', RangeError, 'got 99999'],
      ['unix:', TypeError, 'Cannot use path'],
      [`unix:/${'x'.repeat(107)}`, RangeError, 'Cannot use path of 108 bytes'],
    ]
  for (const [endpoint, error, says] of refused) {
    const written = endpoint instanceof URL ? `the URL ${endpoint.href}` : JSON.stringify(endpoint)
    it(`refuses ${written}: ${says}`, () => {
      expect(() => resolveEndpoint(endpoint as Endpoint, builtIn)).to.throw(error, says)
    })
  }

  it('is read by the first transport that knows it', () => {
    const own: Transport = {
      ...memory,
      name: 'own',
      parse: (endpoint) => (endpoint === '9000' ? { url: 'own' } : undefined),
    }
    expect(resolveEndpoint('9000', [own, ...builtIn]).transport).to.equal(own)
    expect(resolveEndpoint('9001', [own, ...builtIn]).transport).to.equal(tcp)
  })

  it('is measured in bytes where it is a path', () => {
    expect(() => resolveEndpoint({ path: 'ü'.repeat(54) }, builtIn)).to.throw(RangeError, '108 bytes')
    expect(resolveEndpoint({ path: 'x'.repeat(107) }, builtIn).address)
      .to.have.property('path')
      .lengthOf(107)
  })
})
