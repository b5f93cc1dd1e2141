import { expect } from 'chai'
import { Ticker } from '../../lib/peer/ticker.js'
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

  it('does not drift: a late tick does not delay the next one', () => {
    clock.block(130)
    clock.advance(0)
    expect(ticks).to.deep.equal([130])
    clock.advance(70)
    clock.advance(100)
    expect(ticks).to.deep.equal([130, 70, 100])
  })

  it('leaves out the ticks that a busy process missed, and counts their time', () => {
    clock.block(350)
    clock.advance(0)
    clock.advance(50)
    expect(ticks).to.deep.equal([350, 50])
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
