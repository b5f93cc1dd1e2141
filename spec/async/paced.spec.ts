import { expect } from 'chai'
import { Paced } from '../../lib/async/paced.js'
import { turn } from '../../lib/async/turn.js'
import { Clock } from '../support/clock.js'

describe('Paced', () => {
  const clock = new Clock()

  it('reads item after item, and none behind 10 ms until the next turn', async () => {
    let next = 0
    const paced = new Paced({ read: () => next++ })
    await turn.pass()
    const taken: (number | undefined)[] = []
    for (let i = 0; i < 100; i++) {
      clock.block(1)
      taken.push(paced.read())
    }
    expect(paced.isHeld).to.equal(true)
    const given = taken.indexOf(undefined)
    expect(given).to.be.within(10, 64)
    expect(taken.slice(given).every((item) => item === undefined)).to.equal(true)
    await paced.whenFree()
    expect(paced.isHeld).to.equal(false)
    expect(paced.read()).to.equal(taken[given - 1]! + 1)
  })

  it('tells an empty source from a turn that is over', () => {
    const paced = new Paced<number>({ read: () => undefined })
    expect(paced.read()).to.equal(undefined)
    expect(paced.isHeld).to.equal(false)
  })
})
