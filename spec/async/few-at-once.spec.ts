import { expect } from 'chai'
import { FewAtOnce } from '../../lib/async/few-at-once.js'
import { rejectionOf, settled } from '../support/lab.js'

describe('FewAtOnce', () => {
  const never = new AbortController().signal
  const works = (few: FewAtOnce, most: number, count: number): { begun: number; finish: (() => void)[] } => {
    const state = { begun: 0, finish: [] as (() => void)[] }
    for (let i = 0; i < count; i++) {
      void few.run(most, never, () => {
        state.begun++
        return new Promise<void>((resolve) => state.finish.push(resolve))
      })
    }
    return state
  }

  it('begins no more than so many, and the others in order as those are done', async () => {
    const few = new FewAtOnce()
    const state = works(few, 3, 8)
    expect(state.begun).to.equal(3)
    for (let done = 0; done < 8; done++) {
      expect(state.begun).to.equal(Math.min(3 + done, 8))
      state.finish[done]!()
      await settled()
    }
  })

  it('gives what the work gives, and goes on when it fails', async () => {
    const few = new FewAtOnce()
    const fault = new Error('oh')
    const failed = rejectionOf(few.run(1, never, () => Promise.reject(fault)))
    const given = few.run(1, never, async () => 7)
    expect(await failed).to.equal(fault)
    expect(await given).to.equal(7)
  })

  it('lets go of one that waits when its signal is aborted', async () => {
    const few = new FewAtOnce()
    const state = works(few, 1, 1)
    const controller = new AbortController()
    let hasBegun = false
    const waiting = rejectionOf(few.run(1, controller.signal, async () => (hasBegun = true)))
    const behind = works(few, 2, 1)
    expect(behind.begun).to.equal(0)
    controller.abort('enough')
    expect(await waiting).to.equal('enough')
    await settled()
    expect(behind.begun, 'the one behind it, which may have company').to.equal(1)
    for (const finish of [...state.finish, ...behind.finish]) finish()
    await settled()
    expect(hasBegun).to.equal(false)
    expect(await rejectionOf(few.run(1, controller.signal, async () => 1))).to.equal('enough')
    expect(await few.run(1, never, async () => 2)).to.equal(2)
  })
})
