import { expect } from 'chai'
import { endpointUrl } from '../../lib/cli/endpoint-url.js'

describe('endpointUrl', () => {
  const urls = {
    '9000': 'tcp://127.0.0.1:9000',
    'example.org:80': 'tcp://example.org:80',
    '[::1]:9000': 'tcp://[::1]:9000',
    'tcp://127.0.0.1:9000': 'tcp://127.0.0.1:9000',
    'unix:/run/x.sock': 'unix:/run/x.sock',
  }
  for (const [endpoint, url] of Object.entries(urls)) {
    it(`takes ${endpoint} for ${url}`, () => {
      expect(endpointUrl(endpoint)).to.equal(url)
    })
  }

  for (const endpoint of [
    'nonsense',
    'tls://example.org:443',
    'http://example.org:80',
    ':9000',
    'tcp://example.org',
    'unix:',
    '',
  ]) {
    it(`refuses ${JSON.stringify(endpoint)}, and says what there is`, () => {
      expect(() => endpointUrl(endpoint)).to.throw(
        TypeError,
        /^Cannot use endpoint ".*": expected port, host:port, tcp:\/\/host:port or unix:\/path$/,
      )
    })
  }
})
