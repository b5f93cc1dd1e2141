import { createHistogram } from 'node:perf_hooks'
import { expect } from 'chai'
import { ANSWER_TIMEOUT_MS, BenchLine } from '../../../lib/cli/bench/bench-line.js'
import { BenchSession } from '../../../lib/cli/bench/bench-session.js'
import { Pace } from '../../../lib/cli/bench/pace.js'
import { toMessage } from '../../../lib/cli/bench/wire.js'
import type { Peer } from '../../../lib/index.js'
import { Clock } from '../../support/clock.js'

describe('BenchLine', () => {
  const clock = new Clock()
  const pace = (): Pace => new Pace({ messages: 5 }, 2, () => undefined)

  /** A line to an end that does with each message what `answer` says. */
  function lineTo(answer: (message: Buffer) => Buffer | undefined, room: () => Promise<boolean>): BenchLine {
    const send = (message: Buffer): boolean => {
      const back = answer(message)
      if (back !== undefined) queueMicrotask(() => line.take(back))
      return message.length !== 2
    }
    const line: BenchLine = new BenchLine({ send } as unknown as Peer, room)
    return line
  }

  it('waits for room after each message for which there was none', async () => {
    const session = new BenchSession()
    let waits = 0
    const line = lineTo(
      (message) => session.take(message),
      async () => {
        waits++
        return true
      },
    )
    expect((await line.sendOneWay(2, pace)).messages).to.equal(5)
    expect(waits).to.equal(5)
    line.fail(new Error('over'))
  })

  it('times every round trip', async () => {
    const session = new BenchSession()
    const line = lineTo(
      (message) => session.take(message),
      () => Promise.resolve(true),
    )
    const times = createHistogram()
    await line.sendRoundTrips(2, pace, times)
    expect(times.count).to.equal(5)
    line.fail(new Error('over'))
  })

  it('fails when fewer messages have arrived than were sent', async () => {
    const session = new BenchSession()
    let lost = false
    const line = lineTo(
      (message) => {
        if (message.length !== 2 || lost) return session.take(message)
        lost = true
        return undefined
      },
      () => Promise.resolve(true),
    )
    expect(await failure(line.sendOneWay(2, pace))).to.equal('4 of 5 messages have arrived')
    line.fail(new Error('over'))
  })

  it('fails when something else comes back', async () => {
    const line = lineTo(
      (message) => (message.length === 2 ? Buffer.from('three') : Buffer.alloc(0)),
      () => Promise.resolve(true),
    )
    expect(await failure(line.sendRoundTrips(2, pace, createHistogram()))).to.equal('expected 2 bytes back, got 5')
    line.fail(new Error('over'))
  })

  it('fails with the reason for which the peer has left, whatever it waits for', async () => {
    const gone = lineTo(
      () => Buffer.alloc(0),
      async () => {
        gone.fail(new Error('it has left'))
        return false
      },
    )
    expect(await failure(gone.sendOneWay(2, pace))).to.equal('it has left')
    expect(await failure(gone.answer())).to.equal('it has left')
  })

  it('fails when no answer comes in time, counted from when it is waited for', async () => {
    const line = lineTo(
      () => undefined,
      () => Promise.resolve(true),
    )
    clock.advance(ANSWER_TIMEOUT_MS - 1)
    line.take(toMessage({ run: 'one-way', size: 1 }))
    await line.answer()
    const answer = failure(line.answer())
    clock.advance(ANSWER_TIMEOUT_MS - 1)
    expect(clock.running).to.equal(1)
    clock.advance(1)
    expect(await answer).to.equal(`no answer within ${ANSWER_TIMEOUT_MS} ms`)
    expect(clock.running).to.equal(0)
  })
})

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('It did not fail')
}
