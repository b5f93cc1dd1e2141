import { expect } from 'chai'
import { getEventListeners } from 'node:events'
import { onAbort } from '../../lib/async/on-abort.js'

describe('onAbort', () => {
  const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

  it('calls back once, with the reason', () => {
    const controller = new AbortController()
    const seen: unknown[] = []
    onAbort(controller.signal, (reason) => seen.push(reason))
    controller.abort('enough')
    controller.abort('again')
    expect(seen).to.deep.equal(['enough'])
  })

  it('calls back at once where the signal is aborted already', () => {
    const seen: unknown[] = []
    onAbort(AbortSignal.abort('enough'), (reason) => seen.push(reason))()
    expect(seen).to.deep.equal(['enough'])
  })

  it('has one listener for all that wait, and none when they have stopped, in whatever order', () => {
    const { signal } = new AbortController()
    const stops = Array.from({ length: 5 }, () => onAbort(signal, () => expect.fail('it stopped')))
    expect(listenersOf(signal)).to.equal(1)
    for (const i of [3, 0, 4, 1]) stops[i]!()
    expect(listenersOf(signal)).to.equal(1)
    stops[2]!()
    expect(listenersOf(signal)).to.equal(0)
    stops[2]!()
    const stop = onAbort(signal, () => {})
    expect(listenersOf(signal)).to.equal(1)
    stop()
    expect(listenersOf(signal)).to.equal(0)
  })

  it('calls nothing that has stopped, also while others are called', () => {
    const controller = new AbortController()
    const seen: string[] = []
    onAbort(controller.signal, () => {
      seen.push('first')
      stop()
    })
    const stop = onAbort(controller.signal, () => seen.push('second'))
    controller.abort()
    expect(seen).to.deep.equal(['first'])
    expect(listenersOf(controller.signal)).to.equal(0)
  })
})
