import { expect } from 'chai'
import { getEventListeners, getMaxListeners } from 'node:events'
import { withDeadline } from '../../lib/async/deadline.js'
import { Clock } from '../support/clock.js'
import { rejectionOf } from '../support/lab.js'

describe('withDeadline', () => {
  const clock = new Clock()
  const never = (): Promise<never> => new Promise(() => {})
  const options = (...signals: (AbortSignal | undefined)[]): Parameters<typeof withDeadline>[0] => ({
    timeoutMs: 100,
    phase: 'connect',
    action: 'connect to nobody',
    signals,
  })

  it('answers what the work answers, and leaves no timer and no listener behind', async () => {
    const { signal } = new AbortController()
    expect(await withDeadline(options(signal, undefined), () => Promise.resolve(7))).to.equal(7)
    expect(clock.running).to.equal(0)
    expect(getEventListeners(signal, 'abort')).to.be.empty
  })

  it('fails as the work fails', async () => {
    const fault = new Error('no')
    expect(await rejectionOf(withDeadline(options(), () => Promise.reject(fault)))).to.equal(fault)
    expect(clock.running).to.equal(0)
  })

  it('gives up when the time is over, and tells the work', async () => {
    let seen: AbortSignal | undefined
    const waiting = rejectionOf(
      withDeadline(options(), (signal) => {
        seen = signal
        return never()
      }),
    )
    clock.advance(100)
    expect(await waiting).to.include({
      code: 'ERR_TIMEOUT',
      phase: 'connect',
      limit: 100,
      message: 'Cannot connect to nobody: no answer within 100 ms',
    })
    expect(seen?.aborted).to.be.true
  })

  it('does not begin when a signal is aborted already', async () => {
    const begun: unknown[] = []
    const aborted = rejectionOf(
      withDeadline(options(AbortSignal.abort('enough')), (signal) => {
        begun.push(signal)
        return never()
      }),
    )
    expect(await aborted).to.equal('enough')
    expect(begun).to.be.empty
    expect(clock.running).to.equal(0)
  })

  it('gives up with the reason of the signal that is aborted first, and lets go of the other', async () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const waiting = rejectionOf(withDeadline(options(first.signal, second.signal), never))
    second.abort('second')
    first.abort('first')
    expect(await waiting).to.equal('second')
    expect(getEventListeners(first.signal, 'abort')).to.be.empty
    expect(clock.running).to.equal(0)
  })

  it('gives up when the work itself aborts', async () => {
    const controller = new AbortController()
    const waiting = withDeadline(options(controller.signal), () => {
      controller.abort('from within')
      return never()
    })
    expect(await rejectionOf(waiting)).to.equal('from within')
  })

  it('lets any number wait on one signal without a warning, and leaves the signal as it was', async () => {
    const warnings: Error[] = []
    const warn = (warning: Error): number => warnings.push(warning)
    process.on('warning', warn)
    const controller = new AbortController()
    const most = getMaxListeners(controller.signal)
    const waiting = Array.from({ length: 100 }, () => rejectionOf(withDeadline(options(controller.signal), never)))
    expect(getEventListeners(controller.signal, 'abort')).to.have.lengthOf(1)
    controller.abort('all')
    expect(await Promise.all(waiting)).to.have.members(Array(100).fill('all'))
    expect(getEventListeners(controller.signal, 'abort')).to.be.empty
    expect(getMaxListeners(controller.signal)).to.equal(most)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warn)
    expect(warnings).to.be.empty
  })
})
