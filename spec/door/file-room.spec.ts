import { expect } from 'chai'
import { limitOf } from '../../lib/door/file-room.js'

describe('the file limit', () => {
  const limits = (files: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            ${files}                 files
Max locked memory         8388608              8388608              bytes
`

  it('is the soft one of the limits that Linux tells', () => {
    expect(limitOf(limits('1024                 524288'))).to.equal(1024)
  })

  it('is none where there is none, or nothing is told', () => {
    expect(limitOf(limits('unlimited            unlimited'))).to.equal(Infinity)
    expect(limitOf('')).to.equal(Infinity)
  })
})
