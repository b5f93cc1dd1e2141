import { expect } from 'chai'
import { Ticker } from '../../lib/async/ticker.js'
import { Clock } from '../support/clock.js'

describe('Ticker', () => {
  const clock = new Clock()
  const ticks: number[] = []
  let ticker: Ticker

  beforeEach(() => {
    ticks.length = 0
    ticker = new Ticker(100, (elapsedMs) => ticks.push(elapsedMs))
  })

  it('tells the time that passed', () => {
    clock.advance(99)
    expect(ticks).to.deep.equal([])
    clock.advance(1)
    clock.advance(200)
    expect(ticks).to.deep.equal([100, 100, 100])
  })

  it('lets almost an interval pass behind a late tick, however late it was', () => {
    for (const lateMs of [1, 11, 50, 99]) {
      ticks.length = 0
      clock.block(100 + lateMs)
      clock.advance(0)
      clock.advance(1000)
      expect(Math.min(...ticks)).to.be.at.least(90)
      // Back at multiples of the interval.
      clock.advance(900 - lateMs)
    }
  })

  it('does not drift: the ticks behind a late one catch up', () => {
    clock.block(130)
    clock.advance(0)
    clock.advance(1000 - 130)
    expect(ticks).to.deep.equal([130, 90, 90, 90, 100, 100, 100, 100, 100, 100])
  })

  it('leaves out the ticks that a busy process missed, and counts their time', () => {
    clock.block(350)
    clock.advance(0)
    clock.advance(90)
    expect(ticks).to.deep.equal([350, 90])
  })

  it('ticks once for each interval when timers ring early', () => {
    clock.earlyMs = 3
    clock.advance(1000)
    expect(ticks).to.have.lengthOf(10)
    expect(Math.min(...ticks)).to.be.at.least(97)
  })

  it('ticks at multiples of an interval that is no integer', () => {
    ticker.stop()
    new Ticker(33.3, (elapsedMs) => ticks.push(elapsedMs))
    clock.advance(1000)
    expect(ticks).to.have.lengthOf(30)
  })

  it('stops, also from within a tick', () => {
    ticker.stop()
    const own = new Ticker(100, (elapsedMs) => {
      ticks.push(elapsedMs)
      own.stop()
    })
    clock.advance(1000)
    expect(ticks).to.deep.equal([100])
    expect(clock.running).to.equal(0)
  })
})
