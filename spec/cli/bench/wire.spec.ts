import { expect } from 'chai'
import { checkGreeting, greeting, reportOf } from '../../../lib/cli/bench/wire.js'

describe('what both ends of bench say', () => {
  it('refuses the greeting of another version, and says which', () => {
    const other = Buffer.from(greeting().toString().replace('"version":1', '"version":2'))
    expect(() => checkGreeting(other)).to.throw('it speaks version 2, this end version 1')
  })

  it('refuses a greeting of something else, and shows how it begins', () => {
    const long = Buffer.from(`220 ${'x'.repeat(100)}`)
    expect(() => checkGreeting(long)).to.throw(`got "220 ${'x'.repeat(36)}"`)
    expect(() => checkGreeting(Buffer.from('{}'))).to.throw('got "{}"')
  })

  it('refuses a report without its figures', () => {
    expect(() => reportOf(Buffer.from('{"messages":1}'))).to.throw('expected what lengthwise bench says')
    expect(() => reportOf(Buffer.from('{"messages":0.5,"startMs":0,"endMs":1}'))).to.throw('expected')
  })
})
