import { expect } from 'chai'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { encodeFrame } from '../../lib/frame.js'
import { LengthPrefixDecoder } from '../../lib/streams.js'
import { concat, pattern, text } from '../support/bytes.js'
import { byteByByte, everyCut } from '../support/cut.js'

const switching = concat([encodeFrame(text('one')), encodeFrame(text('STARTTLS')), text('these bytes are not framed')])
const rest = 'these bytes are not framed'

describe('LengthPrefixDecoder.detach', () => {
  it('gives back what is behind the message being handled, in a listener, however it was cut', async () => {
    for (const chunks of [...everyCut(switching), byteByByte(switching)]) {
      const source = new PassThrough()
      const decoder = new LengthPrefixDecoder()
      source.pipe(decoder)
      const seen: string[] = []
      decoder.on('data', (message: Buffer) => {
        seen.push(String(message))
        if (String(message) !== 'STARTTLS') return
        source.unpipe(decoder)
        source.unshift(decoder.detach())
      })
      for (const chunk of chunks) source.write(chunk)
      source.end()
      await once(decoder, 'end')
      const behind = (await source.toArray()) as Buffer[]
      expect(seen).to.deep.equal(['one', 'STARTTLS'])
      expect(Buffer.concat(behind).toString()).to.equal(rest)
    }
  })

  it('gives it back in a loop, and ends the loop', async () => {
    const source = new PassThrough()
    const decoder = new LengthPrefixDecoder()
    source.pipe(decoder)
    source.write(switching)
    const seen: string[] = []
    let behind: Buffer | undefined
    for await (const message of decoder) {
      seen.push(String(message))
      if (String(message) !== 'STARTTLS') continue
      source.unpipe(decoder)
      behind = decoder.detach()
    }
    expect(seen).to.deep.equal(['one', 'STARTTLS'])
    expect(String(behind)).to.equal(rest)
  })

  it('gives back the chunks that wait behind the one being parsed', async () => {
    const decoder = new LengthPrefixDecoder()
    const chunks = [switching, text(' and'), text(' more')]
    for (const chunk of chunks) decoder.write(chunk)
    for await (const message of decoder) {
      if (String(message) === 'STARTTLS') expect(String(decoder.detach())).to.equal(`${rest} and more`)
    }
  })

  it('refuses inside a long message', async () => {
    const decoder = new LengthPrefixDecoder({ streamAbove: 1 })
    decoder.write(encodeFrame(pattern(10)).subarray(0, 8))
    await once(decoder, 'data')
    expect(() => decoder.detach()).to.throw(TypeError, 'inside a long message')
    decoder.destroy()
  })
})

describe('LengthPrefixDecoder.maxMessageLength', () => {
  it('holds from the next message on', async () => {
    const decoder = new LengthPrefixDecoder({ maxMessageLength: 3 })
    const seen: string[] = []
    decoder.on('data', (message: Buffer) => {
      seen.push(String(message))
      decoder.maxMessageLength = String(message) === 'end' ? 1 : Infinity
    })
    for (const word of ['one', 'a longer one', 'end', 'no']) decoder.write(encodeFrame(text(word)))
    const [error] = (await once(decoder, 'error')) as [unknown]
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 2, limit: 1 })
    expect(seen).to.deep.equal(['one', 'a longer one', 'end'])
  })

  it('holds from the next batch on, also for what is in the chunk already', async () => {
    const decoder = new LengthPrefixDecoder({ maxMessageLength: 3 })
    const seen: string[][] = []
    decoder.write(
      concat(['one', 'two', 'a longer one', 'end', 'one that is too long'].map((word) => encodeFrame(text(word)))),
    )
    try {
      for await (const batch of decoder.batches()) {
        seen.push(batch.map(String))
        decoder.maxMessageLength = 12
      }
      expect.fail('no error')
    } catch (error) {
      expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 20, limit: 12 })
    }
    expect(seen).to.deep.equal([
      ['one', 'two'],
      ['a longer one', 'end'],
    ])
  })

  it('holds inside a chunk', async () => {
    const decoder = new LengthPrefixDecoder({ maxMessageLength: 3 })
    decoder.on('data', () => (decoder.maxMessageLength = 1))
    decoder.write(concat([encodeFrame(text('one')), encodeFrame(text('no'))]))
    const [error] = (await once(decoder, 'error')) as [unknown]
    expect(error).to.include({ limit: 1 })
  })

  it('is checked as the option is', () => {
    const decoder = new LengthPrefixDecoder()
    expect(decoder.maxMessageLength).to.equal(4_194_304)
    for (const length of [0, NaN, 1.5]) expect(() => (decoder.maxMessageLength = length)).to.throw(RangeError)
  })

  it('is told and checked after the end too', () => {
    const decoder = new LengthPrefixDecoder({ maxMessageLength: 3 }).destroy()
    expect(decoder.maxMessageLength).to.equal(3)
    expect(() => (decoder.maxMessageLength = 0)).to.throw(RangeError)
    decoder.maxMessageLength = 4
    expect(decoder.maxMessageLength).to.equal(4)
  })
})
