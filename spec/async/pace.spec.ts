import { expect } from 'chai'
import { Pace } from '../../lib/async/pace.js'
import { turn } from '../../lib/async/turn.js'
import { Clock } from '../support/clock.js'

describe('Pace', () => {
  const clock = new Clock()
  // Other loops may have used the turn already, and it began by another clock.
  beforeEach(() => turn.pass())

  /** How many of so many items may be given, each of which takes so long. */
  function given(pace: Pace, items: number, itemMs: number): number {
    let count = 0
    while (count < items && pace.mayGive()) {
      count++
      clock.block(itemMs)
    }
    return count
  }

  /** Resolves when a pace goes on that is held. */
  function paceAndTurn(): [Pace, Promise<void>] {
    let goOn: (() => void) | undefined
    const turned = new Promise<void>((resolve) => {
      goOn = resolve
    })
    return [new Pace(() => goOn?.()), turned]
  }

  for (const itemMs of [0.001, 0.1, 1, 5, 20]) {
    it(`holds a loop over items of ${itemMs} ms soon after 10 ms, and lets it go on in the next turn`, async () => {
      const [pace, turned] = paceAndTurn()
      const items = given(pace, 1e6, itemMs)
      expect(items * itemMs).to.be.within(10, 12 + 2 * itemMs)
      expect(pace.isHeld).to.equal(true)
      expect(pace.mayGive()).to.equal(false)
      await turned
      expect(pace.isHeld).to.equal(false)
      expect(given(pace, 1e6, itemMs) * itemMs).to.be.within(10, 12 + 2 * itemMs)
    })
  }

  it('looks more often when items take longer than those before', () => {
    const [pace] = paceAndTurn()
    given(pace, 1000, 0.001)
    expect(given(pace, 1000, 1)).to.be.at.most(32 + 12)
  })

  it('holds no loop that the system has called: it kept nothing waiting before', () => {
    const [pace] = paceAndTurn()
    for (let i = 0; i < 100; i++) {
      turn.renew()
      expect(given(pace, 9, 1)).to.equal(9)
    }
  })

  it('holds all loops of a process together', async () => {
    const [first, turned] = paceAndTurn()
    given(first, 1e6, 1)
    const [second] = paceAndTurn()
    expect(given(second, 100, 0)).to.be.at.most(1)
    expect(second.isHeld).to.equal(true)
    await turned
    expect(first.isHeld).to.equal(false)
    expect(second.isHeld).to.equal(false)
  })
})
