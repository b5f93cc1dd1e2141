import { expect } from 'chai'
import { Duplex } from 'node:stream'
import { DuplexSink } from '../../lib/peer/duplex-sink.js'
import { Tally } from '../../lib/peer/tally.js'

describe('DuplexSink', () => {
  it('sees what leaves inside of a write, of a socket and of one that carries it', () => {
    const [own, below] = [{ writeQueueSize: 40 }, { writeQueueSize: 60 }]
    // As node:net and node:tls have it.
    const inside = { _handle: own, _parent: { _handle: below } }
    const duplex = Object.assign(new Duplex({ read() {}, write() {} }), inside)
    const sink = new DuplexSink(duplex, 1000, new Tally(), () => {})
    expect(sink.progress).to.equal(undefined)
    sink.write(Buffer.alloc(40), 1, false)
    const before = sink.progress
    expect(sink.progress).to.equal(before)
    below.writeQueueSize -= 10
    expect(sink.progress).to.equal(before! + 10)
    own.writeQueueSize -= 5
    expect(sink.progress).to.equal(before! + 15)
  })
})
