import { expect } from 'chai'
import { Turn } from '../../lib/async/turn.js'
import { Clock } from '../support/clock.js'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('Turn', () => {
  const clock = new Clock()

  it('is over when it has been used for more than 10 ms', async () => {
    const turn = new Turn()
    await turn.pass()
    expect(turn.isOver()).to.equal(false)
    clock.block(10)
    expect(turn.isOver()).to.equal(false)
    clock.block(1)
    expect(turn.isOver()).to.equal(true)
    await turn.pass()
    expect(turn.isOver()).to.equal(false)
  })

  it('is over for all as long as one waits for the next, and they go on together, in order', async () => {
    const turn = new Turn()
    await turn.pass()
    clock.block(11)
    const seen: string[] = []
    turn.next(() => seen.push('first'))
    await Promise.resolve()
    clock.block(-11)
    expect(turn.isOver()).to.equal(true)
    turn.next(() => seen.push(`second, over: ${turn.isOver()}`))
    expect(seen).to.deep.equal([])
    await nextTurn()
    expect(seen).to.deep.equal(['first', 'second, over: false'])
  })

  it('is over where the clock has been set back', async () => {
    const turn = new Turn()
    await turn.pass()
    expect(turn.isOver()).to.equal(false)
    clock.block(-500)
    expect(turn.isOver()).to.equal(true)
  })

  it('lets a timer and an immediate run that were planned before', async () => {
    const turn = new Turn()
    const seen: string[] = []
    setImmediate(() => seen.push('immediate'))
    await turn.pass()
    expect(seen).to.deep.equal(['immediate'])
  })
})
