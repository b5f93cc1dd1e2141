import { expect } from 'chai'
import { resolveLayout } from '../../lib/frame/frame-layout.js'
import type { DecodeOptions } from '../../lib/frame/frame-options.js'
import { LongMessage } from '../../lib/streams.js'
import { MessageReader } from '../../lib/streams/message-reader.js'
import { hex } from '../support/bytes.js'

const aWhile = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function readerOf(bytes: string, options?: DecodeOptions, onRoom: () => void = () => {}): MessageReader {
  const reader = new MessageReader(resolveLayout(options), onRoom)
  reader.append(hex(bytes))
  return reader
}

describe('MessageReader', () => {
  it('says what comes next, one at a time or in batches, and that nothing does yet', () => {
    const reader = readerOf('00 00 00 01 61 00 00 00 01 62 00 00 00 00 00')
    expect(Buffer.from('a').equals(reader.read() as Buffer)).to.equal(true)
    expect(reader.readBatch()?.map(String)).to.deep.equal(['b', ''])
    expect([reader.read(), reader.readBatch()]).to.deep.equal([undefined, undefined])
    expect(reader.unreadLength).to.equal(1)
    expect(() => reader.end())
      .to.throw()
      .with.property('code', 'ERR_FRAME_TRUNCATED')
  })

  it('gives a long message as a stream in its place, and nothing behind it until that is read', async () => {
    let rooms = 0
    const reader = readerOf('00 00 00 01 61 00 00 00 04 62 62', { streamAbove: 3 }, () => rooms++)
    expect(Buffer.from('a').equals(reader.read() as Buffer)).to.equal(true)
    const long = reader.read()
    if (!(long instanceof LongMessage)) throw new Error('expected a long message')
    expect(reader).to.include({ isInLong: true, isHeldUp: false })
    expect(reader.read()).to.equal(undefined)
    reader.append(hex('63 63 00 00 00 01 64'))
    // It asks for more when it is read.
    expect(reader.readBatch()?.map(String)).to.deep.equal(['d'])
    expect(reader.isInLong).to.equal(false)
    expect(String(Buffer.concat((await long.toArray()) as Buffer[]))).to.equal('bbcc')
    await aWhile()
    expect(rooms).to.be.at.least(1)
  })

  it('is held up by a long message whose reader has enough', () => {
    const reader = new MessageReader(resolveLayout({ streamAbove: 3 }), () => {})
    reader.append(hex('00 03 0d 40'))
    reader.read()
    for (let i = 0; i < 3; i++) reader.append(new Uint8Array(65_536))
    expect(reader.read()).to.equal(undefined)
    expect(reader.isHeldUp).to.equal(true)
  })

  it('gives back what is behind the last message', () => {
    const reader = readerOf('00 00 00 01 61 ff fe')
    reader.read()
    expect(reader.detach()).to.deep.equal(Buffer.from('fffe', 'hex'))
  })
})
