import { constants } from 'node:os'
import { expect } from 'chai'
import { cannot, failure, reasonOf } from '../../lib/cli/failure.js'
import { PeerError } from '../../lib/index.js'

const REFUSED = { code: 'ECONNREFUSED', errno: -constants.errno.ECONNREFUSED }
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9000'), REFUSED)

describe('failure', () => {
  it('says in words why the system failed', () => {
    expect(failure('connect to it', refused))
      .to.be.instanceOf(Error)
      .and.include({ message: 'Cannot connect to it: connection refused (ECONNREFUSED)', code: 'ECONNREFUSED' })
      .and.have.property('cause', refused)
  })

  it('says it once for a host name with several addresses', () => {
    // What node:net makes of them.
    const all = Object.assign(new AggregateError([refused, refused]), { code: 'ECONNREFUSED' })
    expect(reasonOf(all)).to.equal('connection refused (ECONNREFUSED)')
  })

  it('leaves errors that say what could not be done as they are', () => {
    const error = new PeerError('ERR_TIMEOUT', 'Cannot connect to it: no answer within 10 ms')
    expect(failure('connect to it', error)).to.equal(error)
    expect(() => cannot('connect to it')(error)).to.throw(error)
  })
})
