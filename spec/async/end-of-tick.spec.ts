import { expect } from 'chai'
import { EndOfTick } from '../../lib/async/end-of-tick.js'

describe('EndOfTick', () => {
  it('runs once at the end of the tick, however often it was planned, before any promise', async () => {
    const seen: string[] = []
    const endOfTick = new EndOfTick('owner', (owner) => seen.push(owner))
    // In a tick of its own, which no promise has begun.
    await nextTurn(() => {
      for (let i = 0; i < 3; i++) endOfTick.plan()
      void Promise.resolve().then(() => seen.push('promise'))
      expect(endOfTick.isPlanned).to.equal(true)
      expect(seen).to.deep.equal([])
    })
    await nextTurn()
    expect(seen).to.deep.equal(['owner', 'promise'])
    expect(endOfTick.isPlanned).to.equal(false)
  })

  it('can be planned again while it runs', async () => {
    let runs = 0
    const endOfTick = new EndOfTick(undefined, () => {
      runs++
      if (runs < 3) endOfTick.plan()
    })
    endOfTick.plan()
    await nextTurn()
    expect(runs).to.equal(3)
  })
})

function nextTurn(work?: () => void): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      work?.()
      resolve()
    })
  })
}
