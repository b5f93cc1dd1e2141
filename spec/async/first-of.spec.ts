import { expect } from 'chai'
import { firstOf } from '../../lib/async/first-of.js'
import { Clock } from '../support/clock.js'
import { rejectionOf, settled } from '../support/lab.js'

/** An attempt that succeeds or fails when the spec says so. */
class Attempt {
  isBegun = false
  succeed!: (value: string) => void
  fail!: (error: Error) => void

  readonly begin = (): Promise<string> => {
    this.isBegun = true
    return new Promise((resolve, reject) => {
      this.succeed = resolve
      this.fail = reject
    })
  }
}

describe('firstOf', () => {
  const clock = new Clock()
  const attempts = (count: number): Attempt[] => Array.from({ length: count }, () => new Attempt())
  const begun = (all: readonly Attempt[]): boolean[] => all.map(({ isBegun }) => isBegun)

  it('begins the next attempt when the one before it takes too long, and gives none up', async () => {
    const all = attempts(3)
    const first = firstOf(
      all.map(({ begin }) => begin),
      250,
    )
    expect(begun(all)).to.deep.equal([true, false, false])
    clock.advance(249)
    expect(begun(all)).to.deep.equal([true, false, false])
    clock.advance(1)
    expect(begun(all)).to.deep.equal([true, true, false])
    all[0]!.succeed('the slow one')
    expect(await first).to.equal('the slow one')
    clock.advance(1000)
    expect(begun(all)).to.deep.equal([true, true, false])
    expect(clock.running).to.equal(0)
  })

  it('begins the next attempt at once when one has failed', async () => {
    const all = attempts(2)
    const first = firstOf(
      all.map(({ begin }) => begin),
      250,
    )
    all[0]!.fail(new Error('no'))
    await settled()
    expect(begun(all)).to.deep.equal([true, true])
    all[1]!.succeed('yes')
    expect(await first).to.equal('yes')
    expect(clock.running).to.equal(0)
  })

  it('fails when all have, with their errors in the order of the attempts', async () => {
    const all = attempts(2)
    const failed = rejectionOf(
      firstOf(
        all.map(({ begin }) => begin),
        250,
      ),
    )
    clock.advance(250)
    all[1]!.fail(new Error('two'))
    all[0]!.fail(new Error('one'))
    const { errors } = (await failed) as AggregateError
    expect(errors.map(({ message }: Error) => message)).to.deep.equal(['one', 'two'])
    expect(clock.running).to.equal(0)
  })
})
