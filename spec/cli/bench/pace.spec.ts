import { expect } from 'chai'
import { type Amount, Pace } from '../../../lib/cli/bench/pace.js'
import { Clock } from '../../support/clock.js'

describe('Pace', () => {
  const clock = new Clock()

  function sentUnder(amount: Amount, size: number, msForEach: number): { sent: number; progress: number[] } {
    const progress: number[] = []
    const pace = new Pace(amount, size, (done) => progress.push(done))
    let sent = 0
    for (; !pace.isOver(sent); sent++) clock.advance(msForEach)
    return { sent, progress }
  }

  it('is over after so many messages', () => {
    expect(sentUnder({ messages: 3 }, 1, 0).sent).to.equal(3)
  })

  it('is over after so many seconds, of which it asks the clock for every 64 KiB', () => {
    expect(sentUnder({ seconds: 1 }, 65_536, 10).sent).to.equal(100)
    expect(sentUnder({ seconds: 1 }, 16_384, 10).sent).to.equal(100)
    expect(sentUnder({ seconds: 1 }, 1024, 10).sent).to.equal(128)
  })

  it('is over with what is reached first', () => {
    expect(sentUnder({ seconds: 1, messages: 50 }, Infinity, 10).sent).to.equal(50)
    expect(sentUnder({ seconds: 1, messages: 500 }, Infinity, 10).sent).to.equal(100)
  })

  it('lets one message through where no time is left', () => {
    expect(sentUnder({ seconds: 0.01 }, Infinity, 100).sent).to.equal(1)
  })

  it('tells how much is done, by what is nearer to its end', () => {
    expect(sentUnder({ seconds: 1 }, Infinity, 250).progress).to.deep.equal([0, 0.25, 0.5, 0.75, 1])
    expect(sentUnder({ seconds: 1, messages: 2 }, Infinity, 250).progress).to.deep.equal([0, 0.5])
  })
})
