import { expect } from 'chai'
import { getEventListeners } from 'node:events'
import { sleep } from '../../lib/async/sleep.js'
import { Clock } from '../support/clock.js'
import { rejectionOf } from '../support/lab.js'

describe('sleep', () => {
  const clock = new Clock()

  it('resolves when its time is over, and leaves nothing behind', async () => {
    const controller = new AbortController()
    let isOver = false
    const slept = sleep(100, controller.signal).then(() => (isOver = true))
    clock.advance(99)
    await Promise.resolve()
    expect([isOver, clock.running]).to.deep.equal([false, 1])
    clock.advance(1)
    await slept
    expect(clock.running).to.equal(0)
    expect(getEventListeners(controller.signal, 'abort')).to.be.empty
  })

  it('rejects with the reason of its signal, before and meanwhile, and leaves no timer', async () => {
    const controller = new AbortController()
    const meanwhile = rejectionOf(sleep(100, controller.signal))
    controller.abort('enough')
    expect(await meanwhile).to.equal('enough')
    expect(await rejectionOf(sleep(100, controller.signal))).to.equal('enough')
    expect(clock.running).to.equal(0)
  })
})
