import { expect } from 'chai'
import { endpointUrl } from '../../lib/cli/endpoint-url.js'

describe('endpointUrl', () => {
  const urls = {
    '9000': 'tcp://127.0.0.1:9000',
    'example.org:80': 'tcp://example.org:80',
    '[::1]:9000': 'tcp://[::1]:9000',
    'tcp://127.0.0.1:9000': 'tcp://127.0.0.1:9000',
    'tls://example.org:443': 'tls://example.org:443',
    'unix:/run/x.sock': 'unix:/run/x.sock',
    nonsense: 'nonsense',
  }
  for (const [endpoint, url] of Object.entries(urls)) {
    it(`takes ${endpoint} for ${url}`, () => {
      expect(endpointUrl(endpoint)).to.equal(url)
    })
  }
})
