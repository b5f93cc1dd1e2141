import { expect } from 'chai'
import type { Endpoint } from '../../lib/index.js'
import { formatAddress, parseEndpoint } from '../../lib/peer/endpoint.js'

describe('Endpoint', () => {
  const read: readonly (readonly [endpoint: Endpoint, address: object, written: string])[] = [
    [{ port: 9000 }, { host: '127.0.0.1', port: 9000 }, '127.0.0.1:9000'],
    [{ host: 'example.org', port: 0 }, { host: 'example.org', port: 0 }, 'example.org:0'],
    [{ host: '::1', port: 65_535 }, { host: '::1', port: 65_535 }, '[::1]:65535'],
    [{ host: undefined, port: 1 }, { host: '127.0.0.1', port: 1 }, '127.0.0.1:1'],
    [{ port: 1, tls: { ca: 'x' } }, { host: '127.0.0.1', port: 1, tls: { ca: 'x' } }, '127.0.0.1:1'],
    [{ path: '/run/x.sock' }, { path: '/run/x.sock' }, '/run/x.sock'],
    ['tcp://127.0.0.1:9000', { host: '127.0.0.1', port: 9000 }, '127.0.0.1:9000'],
    ['tcp://example.org:80/', { host: 'example.org', port: 80 }, 'example.org:80'],
    ['tcp://[::1]:9000', { host: '::1', port: 9000 }, '[::1]:9000'],
    ['tls://example.org:443', { host: 'example.org', port: 443, tls: {} }, 'example.org:443'],
    ['unix:/run/x.sock', { path: '/run/x.sock' }, '/run/x.sock'],
    ['unix:///run/x.sock', { path: '/run/x.sock' }, '/run/x.sock'],
    ['unix:x.sock', { path: 'x.sock' }, 'x.sock'],
  ]
  for (const [endpoint, address, written] of read) {
    it(`reads ${JSON.stringify(endpoint)}`, () => {
      expect(parseEndpoint(endpoint)).to.deep.equal(address)
      expect(formatAddress(parseEndpoint(endpoint))).to.equal(written)
    })
  }

  const refused: readonly (readonly [endpoint: unknown, error: typeof TypeError | typeof RangeError, says: string])[] =
    [
      [undefined, TypeError, 'got undefined'],
      [null, TypeError, 'got null'],
      [9000, TypeError, 'got 9000'],
      [{}, TypeError, 'got Object'],
      [{ path: '' }, TypeError, 'got Object'],
      [{ path: 7 }, TypeError, 'got Object'],
      [{ port: '9000' }, TypeError, '"9000"'],
      [{ host: 7, port: 9000 }, TypeError, 'Cannot use host'],
      [{ port: -1 }, RangeError, 'got -1'],
      [{ port: 65_536 }, RangeError, 'got 65536'],
      [{ port: 0.5 }, RangeError, 'got 0.5'],
      [{ port: NaN }, RangeError, 'got NaN'],
      ['', TypeError, 'expected tcp://host:port'],
      ['127.0.0.1:9000', TypeError, '"127.0.0.1:9000"'],
      ['http://example.org:80', TypeError, 'expected tcp://host:port'],
      ['tcp://example.org', TypeError, 'expected tcp://host:port'],
      ['tcp://:9000', TypeError, 'expected tcp://host:port'],
      ['tcp://::1:9000', TypeError, 'expected tcp://host:port'],
      ['tcp://127.0.0.1:99999', RangeError, 'got 99999'],
      ['unix:', TypeError, 'expected tcp://host:port'],
    ]
  for (const [endpoint, error, says] of refused) {
    it(`refuses ${JSON.stringify(endpoint)}`, () => {
      expect(() => parseEndpoint(endpoint as Endpoint)).to.throw(error, says)
    })
  }
})
