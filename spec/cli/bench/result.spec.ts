import { expect } from 'chai'
import { bytes, headOfTable, toJsonLine, toRow } from '../../../lib/cli/bench/result.js'

const oneWay = { messages: 3_000_000, ms: 1500 }
const roundTrip = { trips: 100, p50Us: 19.94, p99Us: 1234.5, maxUs: 2_500_000 }

describe('results of bench', () => {
  it('stand below their heads', () => {
    expect(headOfTable() + toRow({ size: 64, oneWay, roundTrip }) + toRow({ size: 1024, oneWay, roundTrip })).to.equal(
      [
        '                 one way            round trip\n',
        '   message    messages/s      MB/s         p50       p99       max\n',
        '      64 B     2,000,000       128     19.9 µs   1.23 ms    2.50 s\n',
        '     1 KiB     2,000,000      2048     19.9 µs   1.23 ms    2.50 s\n',
      ].join(''),
    )
  })

  it('are rates of what was received, by the time of the receiver', () => {
    expect(JSON.parse(toJsonLine({ size: 64, oneWay, roundTrip }))).to.deep.equal({
      event: 'result',
      size: 64,
      oneWay: { ...oneWay, messagesPerSecond: 2_000_000, megabytesPerSecond: 128 },
      roundTrip,
    })
  })

  it('are numbers even where the clock has not moved', () => {
    expect(toRow({ size: 1, oneWay: { messages: 1, ms: 0 }, roundTrip })).not.to.match(/Infinity|NaN|∞/)
  })

  it('name sizes as they can be typed', () => {
    expect([1, 1000, 1024, 1536, 1_048_576, 67_108_864].map(bytes)).to.deep.equal([
      ...['1 B', '1000 B', '1 KiB', '1536 B', '1 MiB', '64 MiB'],
    ])
  })
})
