import { expect } from 'chai'
import { ChunkReader } from '../../lib/frame/chunk-reader.js'
import { resolveLayout } from '../../lib/frame/frame-layout.js'
import { measureFrame } from '../../lib/frame/frame-meter.js'
import type { DecodeOptions } from '../../lib/frame/frame-options.js'
import { LongFrameReader } from '../../lib/frame/long-frame-reader.js'
import { hex, toHex } from '../support/bytes.js'

const place = { offset: 0, frameIndex: 0 }

function begin(bytes: string, options: DecodeOptions = {}): { chunks: ChunkReader; long: LongFrameReader } {
  const layout = resolveLayout(options)
  const chunks = new ChunkReader()
  chunks.append(hex(bytes))
  const size = measureFrame(layout, chunks.chunk, 0, chunks.end, Infinity)
  if (typeof size !== 'object') throw new Error('expected a header')
  return { chunks, long: new LongFrameReader(chunks, layout, size, place) }
}

describe('LongFrameReader', () => {
  it('gives the pieces of one message, none of what is behind it', () => {
    const { chunks, long } = begin('00 00 00 05 01 02')
    expect(long).to.include({ length: 5, isRead: false, frameLength: 9, readLength: 4 })
    expect(toHex(long.readPiece()!)).to.equal('01 02')
    expect(long.readPiece()).to.equal(undefined)
    chunks.append(hex('03 04 05 00 00'))
    expect(toHex(long.readPiece()!)).to.equal('03 04 05')
    expect(long).to.include({ isRead: true, readLength: 9 })
    expect(long.readPiece()).to.equal(undefined)
    expect(chunks.unreadLength).to.equal(2)
  })

  it('looks ahead at the header bytes that are part of the message', () => {
    const { long } = begin('51 00 00 00 06 68 69', {
      lengthFieldOffset: 1,
      lengthAdjustment: -4,
      initialBytesToStrip: 0,
    })
    expect(toHex(long.header)).to.equal('51 00 00 00 06')
    expect(toHex(long.readPiece()!)).to.equal('51 00 00 00 06 68 69')
  })

  it('gives what stands in place of the trailer once all of it is there', () => {
    const { chunks, long } = begin('00 00 00 01 61 ce', { trailer: hex('ce 0a') })
    expect(long.readTrailer()).to.equal(undefined)
    long.readPiece()
    expect(long.readTrailer()).to.equal(undefined)
    chunks.append(hex('0b 00'))
    expect(toHex(long.readTrailer()!)).to.equal('ce 0b')
    expect(chunks.unreadLength).to.equal(1)
  })

  it('gives pieces in memory of their own with copy: true', () => {
    const { chunks, long } = begin('00 00 00 02 61 62', { copy: true })
    const { memory } = chunks
    expect(long.readPiece()!.buffer).not.to.equal(memory)
  })
})
