import { expect } from 'chai'
import fc from 'fast-check'
import { Backlog } from '../../lib/peer/backlog.js'
import { check } from '../support/property.js'

interface Long {
  readonly name: string
}

describe('Backlog', () => {
  const unit = (name: string, ...lengths: number[]): { pieces: Buffer[]; length: number; frames: number } => ({
    pieces: lengths.map((length) => Buffer.alloc(length, name)),
    length: lengths.reduce((sum, length) => sum + length, 0),
    frames: 1,
  })
  const take = (backlog: Backlog<Long>, most = 1000): string | undefined => {
    const slice = backlog.takeSlice(most)
    return slice && Buffer.from(slice.bytes).toString()
  }

  it('gives what it was given in order, in slices that are not too long', () => {
    const backlog = new Backlog<Long>()
    backlog.push(unit('a', 2, 3))
    backlog.push(unit('b', 7))
    expect(backlog.length).to.equal(12)
    expect([take(backlog, 4), take(backlog, 2), take(backlog, 2), take(backlog, 4), take(backlog, 4)]).to.deep.equal([
      'aa',
      'aa',
      'a',
      'bbbb',
      'bbb',
    ])
    expect([take(backlog), backlog.length, backlog.isEmpty]).to.deep.equal([undefined, 0, true])
  })

  it('stops at a long message, which counts no bytes', () => {
    const backlog = new Backlog<Long>()
    const long = { name: 'long' }
    backlog.push(unit('a', 1))
    backlog.push(long)
    backlog.push(unit('b', 1))
    expect(backlog.length).to.equal(2)
    expect(backlog.takeLong()).to.equal(undefined)
    expect(take(backlog)).to.equal('a')
    expect(take(backlog)).to.equal(undefined)
    expect(backlog.isEmpty).to.equal(false)
    expect(backlog.takeLong()).to.equal(long)
    expect(take(backlog)).to.equal('b')
  })

  it('drops the oldest that is whole, over what is begun and over long messages', () => {
    const backlog = new Backlog<Long>()
    const long = { name: 'long' }
    for (const entry of [unit('a', 4), long, unit('b', 4), unit('c', 4)]) backlog.push(entry)
    take(backlog, 1)
    expect(backlog.frames).to.equal(3)
    expect(backlog.dropOldest()).to.equal(1)
    expect(backlog.length).to.equal(7)
    expect(take(backlog)).to.equal('aaa')
    expect(backlog.takeLong()).to.equal(long)
    expect(take(backlog)).to.equal('cccc')
    expect(backlog.dropOldest()).to.equal(0)
  })

  it('drops no rest of one whose first piece is gone', () => {
    const backlog = new Backlog<Long>()
    backlog.push(unit('a', 2, 2))
    take(backlog)
    expect(backlog.dropOldest()).to.equal(0)
    expect(take(backlog)).to.equal('aa')
  })

  it('forgets everything, and gives back the long messages', () => {
    const backlog = new Backlog<Long>()
    const long = { name: 'long' }
    for (const entry of [unit('a', 4), long, unit('b', 4)]) backlog.push(entry)
    take(backlog, 1)
    expect(backlog.clear()).to.deep.equal([long])
    expect([backlog.length, backlog.isEmpty, backlog.frames]).to.deep.equal([0, true, 0])
  })

  it('does what a plain list does, whatever is asked of it', async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('push' as const),
        lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ do: fc.constant('take' as const), most: fc.integer({ min: 1, max: 12 }) }),
      fc.constant({ do: 'drop' as const }),
    )
    await check(fc.array(step, { maxLength: 60 }), async (steps) => {
      const backlog = new Backlog<Long>()
      let model: { bytes: string; isBegun: boolean }[] = []
      for (const [i, step] of steps.entries()) {
        const name = String.fromCharCode(97 + (i % 26))
        if (step.do === 'push') {
          const entry = unit(name, ...step.lengths)
          backlog.push(entry)
          model.push({ bytes: name.repeat(entry.length), isBegun: false })
        } else if (step.do === 'take') {
          const got = take(backlog, step.most) ?? ''
          const [first] = model
          expect((first?.bytes ?? '').startsWith(got)).to.equal(true)
          expect(got === '').to.equal(first === undefined)
          if (first !== undefined) model[0] = { bytes: first.bytes.slice(got.length), isBegun: true }
        } else {
          const at = model.findIndex(({ isBegun }) => !isBegun)
          expect(backlog.dropOldest()).to.equal(at === -1 ? 0 : 1)
          model = model.filter((_, place) => place !== at)
        }
        if (model[0]?.bytes === '') model.shift()
        expect(backlog.length).to.equal(model.reduce((sum, { bytes }) => sum + bytes.length, 0))
        expect(backlog.frames).to.equal(model.length)
      }
    })
  })
})
