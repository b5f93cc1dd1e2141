import { expect } from 'chai'
import { byteCount } from '../../lib/cli/byte-count.js'

describe('byteCount', () => {
  const counts = {
    '0': 0,
    '4096': 4096,
    '-4': -4,
    '4k': 4000,
    '4kB': 4000,
    '4KB': 4000,
    '4KiB': 4096,
    '4ki': 4096,
    '4MB': 4_000_000,
    '4 MB': 4_000_000,
    '4mb': 4_000_000,
    '4M': 4_000_000,
    '4MiB': 4_194_304,
    '1.5MiB': 1_572_864,
    '1.1MB': 1_100_000,
    '2G': 2_000_000_000,
    '2GiB': 2_147_483_648,
    '1TB': 1_000_000_000_000,
    '1TiB': 1_099_511_627_776,
    '7B': 7,
  }
  for (const [text, count] of Object.entries(counts)) {
    it(`reads ${text} as ${count} bytes`, () => {
      expect(byteCount(text)).to.equal(count)
    })
  }

  for (const text of ['', 'MB', '1.5', '4X', '4MBB', '1e3', '4,000', 'infinity', '9007199254740993', '0x10', '4 4']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => byteCount(text)).to.throw('Expected a whole number of bytes, such as 4096, 4kB or 4KiB')
    })
  }
})
