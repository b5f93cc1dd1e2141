import { expect } from 'chai'
import { hostOf } from '../../lib/door/host.js'

describe('the host of an address', () => {
  const hosts: readonly (readonly [host: string, counted: string])[] = [
    ['192.0.2.7', '192.0.2.7'],
    ['localhost', 'localhost'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:192.0.2.7', '2001:db8:1:2::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1:2:3:4::', '1:2:3:4::/64'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['FEBF::1', 'FEBF::1'],
  ]
  for (const [host, counted] of hosts) {
    it(`is ${counted} for ${host}`, () => {
      expect(hostOf({ host, port: 1 })).to.equal(counted)
    })
  }

  it('is none for a path or a URL', () => {
    expect(hostOf({ path: '/run/x.sock' })).to.equal(undefined)
    expect(hostOf({ url: 'memory:x' })).to.equal(undefined)
  })
})
