import { expect } from 'chai'
import { Backoff } from '../../lib/async/backoff.js'

describe('Backoff', () => {
  const { random } = Math
  afterEach(() => {
    Math.random = random
  })

  it('counts attempts, and doubles the limit of their delays up to the longest', () => {
    Math.random = () => 1
    const backoff = new Backoff({ minMs: 100, maxMs: 1000 })
    const delays = Array.from({ length: 6 }, () => backoff.next())
    expect(delays.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(delays.map(({ delayMs }) => delayMs)).to.deep.equal([100, 200, 400, 800, 1000, 1000])
  })

  it('takes any time below the limit', () => {
    const backoff = (): Backoff => new Backoff({ minMs: 100, maxMs: 1000 })
    Math.random = () => 0
    expect(backoff().next().delayMs).to.equal(0)
    Math.random = () => 0.25
    expect(backoff().next().delayMs).to.equal(25)
  })

  it('begins anew', () => {
    Math.random = () => 1
    const backoff = new Backoff({ minMs: 1, maxMs: 50 })
    backoff.next()
    backoff.next()
    backoff.reset()
    expect(backoff.next()).to.deep.equal({ attempt: 1, delayMs: 1 })
  })

  it('stays at the longest, however often', () => {
    Math.random = () => 1
    const backoff = new Backoff({ minMs: 100, maxMs: 30_000 })
    for (let i = 0; i < 5000; i++) backoff.next()
    expect(backoff.next().delayMs).to.equal(30_000)
  })
})
