import { expect } from 'chai'
import { MessageIterator } from '../../lib/async/message-iterator.js'
import { turn } from '../../lib/async/turn.js'
import { Clock } from '../support/clock.js'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A source that gives what is in `items`. */
function over<T>(items: T[], released: () => void = () => {}): MessageIterator<T> {
  return new MessageIterator({ take: () => items.shift(), release: released })
}

describe('MessageIterator', () => {
  const clock = new Clock()
  // Other loops may have used the turn already, and it began by another clock.
  beforeEach(() => turn.pass())

  it('gives what is there, then waits', async () => {
    const items = ['a']
    const iterator = over(items)
    expect(await iterator.next()).to.deep.equal({ value: 'a', done: false })
    const waiting = Promise.all([iterator.next(), iterator.next()])
    items.push('b')
    iterator.wake()
    items.push('c')
    iterator.wake()
    expect((await waiting).map(({ value }) => value)).to.deep.equal(['b', 'c'])
  })

  it('law 4: gives what was there before its end, and before its error', async () => {
    const ended = over(['a', 'b'])
    ended.end()
    expect(await all(ended)).to.deep.equal(['a', 'b'])
    const failed = over(['a'])
    failed.end({ error: 'reset' })
    failed.end({ error: 'another' })
    expect(await failed.next()).to.deep.equal({ value: 'a', done: false })
    expect(await failed.next().catch((error: unknown) => error)).to.equal('reset')
    expect(await failed.next()).to.deep.equal({ value: undefined, done: true })
  })

  it('gives the error to the first that waits, also if that is undefined, and an end to the others', async () => {
    const iterator = over([])
    const waiting = Promise.allSettled([iterator.next(), iterator.next()])
    iterator.end({ error: undefined })
    expect((await waiting).map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled'])
  })

  it('leaves what is there when it is left or aborted, and releases its source once', async () => {
    let released = 0
    const ways: readonly ((iterator: MessageIterator<string>) => unknown)[] = [
      (iterator) => iterator.return(),
      (iterator) => iterator[Symbol.asyncDispose](),
      (iterator) => {
        iterator.abort('enough')
      },
    ]
    for (const leave of ways) {
      const items = ['a']
      const iterator = over(items, () => released++)
      await leave(iterator)
      await iterator.return()
      expect(await iterator.next().catch((error: unknown) => error)).to.deep.equal({ value: undefined, done: true })
      expect(items).to.deep.equal(['a'])
    }
    expect(released).to.equal(3)
  })

  it('rejects one that waits when it is aborted', async () => {
    const iterator = over([])
    const waiting = iterator.next().catch((error: unknown) => error)
    iterator.abort('enough')
    expect(await waiting).to.equal('enough')
  })

  it('loses nothing and keeps the order when taking makes more arrive', async () => {
    const items: number[] = []
    let next = 0
    const iterator = new MessageIterator<number>({
      take: () => {
        // As a decoder does that lets its writer go on.
        if (items.length === 0 && next < 6) {
          items.push(next++, next++)
          iterator.wake()
        }
        return items.shift()
      },
      release: () => {},
    })
    const waiting = [iterator.next()]
    iterator.wake()
    for (let i = 0; i < 5; i++) waiting.push(iterator.next())
    expect((await Promise.all(waiting)).map(({ value }) => value)).to.deep.equal([0, 1, 2, 3, 4, 5])
  })

  it('answers all that wait where one call of wake brings many, and each brings another', async () => {
    const items: number[] = []
    let asked = 0
    const iterator = new MessageIterator<number>({
      take: () => {
        if (asked++ === 0) {
          items.push(1, 2, 3)
          iterator.wake()
          // What was woken for is gone from here: it is found when it goes round once more.
          return undefined
        }
        return items.shift()
      },
      release: () => {},
    })
    const waiting = Promise.all([iterator.next(), iterator.next(), iterator.next()])
    iterator.wake()
    expect((await waiting).map(({ value }) => value)).to.deep.equal([1, 2, 3])
  })

  describe('in a flood', () => {
    // Each item takes 1 ms, so that 10 ms are over soon.
    const flood = (length: number): MessageIterator<number> => {
      let next = 0
      return new MessageIterator({
        take: () => {
          if (next === length) return undefined
          clock.block(1)
          return next++
        },
        release: () => {},
      })
    }

    it('lets timers run, and gives everything in order', async () => {
      const iterator = flood(1000)
      iterator.end()
      let turns = 0
      let isDone = false
      const count = (): void => {
        turns++
        if (!isDone) setImmediate(count)
      }
      setImmediate(count)
      const seen = await all(iterator)
      isDone = true
      expect(seen).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i))
      // At most 10 ms and the items between two looks at the clock.
      expect(turns).to.be.at.least(20)
    })

    it('gives nothing until the next turn, then what was asked for, in order', async () => {
      const iterator = flood(1000)
      const answers: unknown[] = []
      const asked = Array.from({ length: 100 }, () => iterator.next().then(({ value }) => answers.push(value)))
      await Promise.resolve()
      await new Promise((resolve) => process.nextTick(resolve))
      const atOnce = answers.length
      expect(atOnce).to.be.within(10, 64)
      iterator.wake()
      await new Promise((resolve) => process.nextTick(resolve))
      expect(answers.length).to.equal(atOnce)
      await Promise.all(asked)
      expect(answers).to.deep.equal(Array.from({ length: 100 }, (_, i) => i))
    })

    it('can be left while it is held: nothing is lost, and nothing more is given', async () => {
      const iterator = flood(1000)
      const asked = Array.from({ length: 100 }, () => iterator.next())
      await iterator.return()
      const given = (await Promise.all(asked)).filter(({ done }) => done !== true)
      expect(given.map(({ value }) => value)).to.deep.equal(given.map((_, i) => i))
      await nextTurn()
      expect(await iterator.next()).to.deep.equal({ value: undefined, done: true })
    })

    it('ends with its error behind what is there, also while it is held', async () => {
      const iterator = flood(50)
      const asked = Promise.allSettled(Array.from({ length: 52 }, () => iterator.next()))
      iterator.end({ error: 'reset' })
      const outcomes = await asked
      expect(outcomes.slice(0, 50).every(({ status }) => status === 'fulfilled')).to.equal(true)
      expect(outcomes[50]).to.deep.equal({ status: 'rejected', reason: 'reset' })
      expect(outcomes[51]).to.have.deep.property('value', { value: undefined, done: true })
    })
  })
})

async function all<T>(iterator: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of iterator) items.push(item)
  return items
}
