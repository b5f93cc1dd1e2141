import { expect } from 'chai'
import { ConnectionRate } from '../../lib/door/connection-rate.js'
import { Clock } from '../support/clock.js'

describe('ConnectionRate', () => {
  const clock = new Clock()
  const takes = (rate: ConnectionRate, times: number, host = 'a'): number =>
    Array.from({ length: times }, () => rate.take(host)).filter(Boolean).length

  it('lets a host come so often at once, and then once for each share of the time', () => {
    for (const count of [1, 3, 7, 1000]) {
      const rate = new ConnectionRate({ count, perMs: 1000 })
      expect(takes(rate, 2 * count), `${count}`).to.equal(count)
      clock.advance(1000 / count + 0.001)
      expect(takes(rate, 2 * count), `${count}`).to.equal(1)
      clock.advance(10_000)
      expect(takes(rate, 2 * count), `${count}`).to.equal(count)
    }
  })

  it('counts no attempt that it refuses', () => {
    const rate = new ConnectionRate({ count: 2, perMs: 1000 })
    takes(rate, 1000)
    clock.advance(501)
    expect(takes(rate, 1000)).to.equal(1)
  })

  it('tells hosts apart', () => {
    const rate = new ConnectionRate({ count: 1, perMs: 1000 })
    expect([takes(rate, 2, 'a'), takes(rate, 2, 'b')]).to.deep.equal([1, 1])
  })

  it('forgets hosts that have all of their share back', () => {
    const rate = new ConnectionRate({ count: 2, perMs: 1000 })
    for (let i = 0; i < 1000; i++) rate.take(`host ${i}`)
    expect(rate.size).to.equal(1000)
    for (let i = 0; i < 2; i++) {
      clock.advance(1001)
      rate.take('another')
    }
    expect(rate.size).to.equal(2)
  })

  it('remembers no more than 16,384 of a million hosts, and those that came last', () => {
    const rate = new ConnectionRate({ count: 1, perMs: 60_000 })
    for (let i = 0; i < 1_000_000; i++) rate.take(`host ${i}`)
    expect(rate.size).to.be.within(8192, 16_384)
    expect(rate.take('host 999999')).to.equal(false)
  })
})
