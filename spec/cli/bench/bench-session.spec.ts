import { expect } from 'chai'
import { BenchSession } from '../../../lib/cli/bench/bench-session.js'
import { checkGreeting, EMPTY, reportOf, type RunKind, toMessage } from '../../../lib/cli/bench/wire.js'

const request = (run: RunKind, size: number): Buffer => toMessage({ run, size })

describe('BenchSession', () => {
  let nowMs = 0
  let session: BenchSession
  beforeEach(() => {
    nowMs = 1000
    session = new BenchSession(() => nowMs)
  })

  it('greets as the dialling end expects', () => {
    checkGreeting(session.greeting)
  })

  it('counts what comes between its readiness and the empty message, run after run', () => {
    for (const messages of [3, 0]) {
      expect(session.take(request('one-way', 2))).to.equal(EMPTY)
      const startMs = nowMs
      nowMs += 250
      for (let i = 0; i < messages; i++) expect(session.take(Buffer.from('hi'))).to.equal(undefined)
      expect(reportOf(session.take(EMPTY)!)).to.deep.equal({ messages, startMs, endMs: startMs + 250 })
    }
  })

  it('sends messages back in a run of round trips, and counts them too', () => {
    session.take(request('round-trip', 2))
    const message = Buffer.from('hi')
    expect(session.take(message)).to.equal(message)
    expect(reportOf(session.take(EMPTY)!).messages).to.equal(1)
  })

  it('refuses a message of another length than was said', () => {
    session.take(request('one-way', 2))
    expect(() => session.take(Buffer.from('three'))).to.throw('expected 2 bytes, got 5')
  })

  for (const [what, message] of Object.entries({
    'what is no JSON': Buffer.from('hi'),
    'JSON that is no object': Buffer.from('null'),
    'a run that there is not': Buffer.from('{"run":"two-way","size":1}'),
    'a size that is none': Buffer.from('{"run":"one-way","size":-1}'),
    'an empty message': EMPTY,
    'bytes that are no text': Buffer.from([0xff]),
  })) {
    it(`refuses ${what} where a run should begin`, () => {
      expect(() => session.take(message)).to.throw(/^expected what lengthwise bench says, got /)
    })
  }
})
