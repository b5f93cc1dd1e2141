import { expect } from 'chai'
import { once } from 'node:events'
import { encodeFrame } from '../../lib/frame.js'
import { LengthPrefixDecoder, LongMessage } from '../../lib/streams.js'
import { concat, hex, pattern, text, toHex } from '../support/bytes.js'
import { byteByByte, everyCut } from '../support/cut.js'

type Item = Buffer | LongMessage

// What came out, on one line for each message; long ones are read to their end.
async function describeItem(item: Item): Promise<string> {
  if (!(item instanceof LongMessage)) return toHex(item)
  const pieces = (await item.toArray()) as Buffer[]
  return `long ${item.length}, header ${toHex(item.header)}: ${toHex(concat(pieces))}`
}

async function byLoop(decoder: LengthPrefixDecoder<Item>): Promise<string[]> {
  const lines: string[] = []
  for await (const item of decoder) lines.push(await describeItem(item))
  return lines
}

async function byBatches(decoder: LengthPrefixDecoder<Item>): Promise<string[]> {
  const lines: string[] = []
  for await (const batch of decoder.batches()) for (const item of batch) lines.push(await describeItem(item))
  return lines
}

async function byData(decoder: LengthPrefixDecoder<Item>): Promise<string[]> {
  const lines: Promise<string>[] = []
  decoder.on('data', (item: Item) => lines.push(describeItem(item)))
  await once(decoder, 'end')
  return Promise.all(lines)
}

const streamAbove = 3
const wire = concat(['one', 'four', '', 'sixteen chars ok', 'two'].map((word) => encodeFrame(text(word))))
const expected = [
  toHex(text('one')),
  `long 4, header : ${toHex(text('four'))}`,
  '',
  `long 16, header : ${toHex(text('sixteen chars ok'))}`,
  toHex(text('two')),
]

describe('LongMessage', () => {
  for (const [name, read] of Object.entries({ byLoop, byBatches, byData })) {
    it(`law 1: comes in its place however the input is cut, read ${name}`, async () => {
      for (const chunks of [...everyCut(wire), byteByByte(wire)]) {
        const decoder = new LengthPrefixDecoder<Item>({ streamAbove })
        const lines = read(decoder)
        for (const chunk of chunks) decoder.write(chunk)
        decoder.end()
        expect(await lines).to.deep.equal(expected)
      }
    })
  }

  it('tells the header bytes that the layout keeps, and checks the trailer behind it', async () => {
    const options = { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0, trailer: hex('ce') }
    const frame = encodeFrame(hex('51 00 00 00 00 68 69'), options)
    for (const chunks of everyCut(concat([frame, frame]))) {
      const decoder = new LengthPrefixDecoder<Item>({ ...options, streamAbove })
      const lines = byLoop(decoder)
      for (const chunk of chunks) decoder.write(chunk)
      decoder.end()
      const line = 'long 7, header 51 00 00 00 06: 51 00 00 00 06 68 69'
      expect(await lines).to.deep.equal([line, line])
    }
    const bad = new LengthPrefixDecoder<Item>({ ...options, streamAbove })
    bad.end(concat([frame.subarray(0, -1), hex('00')]))
    const error: unknown = await byLoop(bad).catch((reason: unknown) => reason)
    expect(error).to.include({ code: 'ERR_LENGTH_INVALID', offset: 0 })
  })

  it('is not held in memory: its writer waits for its reader', async () => {
    const decoder = new LengthPrefixDecoder<Item>({ streamAbove, maxMessageLength: Infinity })
    const chunk = pattern(65_536)
    decoder.write(hex('00 40 00 00'))
    const [long] = (await once(decoder, 'data')) as [LongMessage]
    let written = 0
    while (written < 64 && decoder.write(chunk)) written++
    expect(written).to.be.below(12)
    await once(long, 'readable')
    expect(long.readableLength).to.be.below(5 * 65_536)
    let received = 0
    long.on('data', (piece: Buffer) => (received += piece.length))
    for (written++; written < 64; written++) if (!decoder.write(chunk)) await once(decoder, 'drain')
    decoder.end()
    await once(long, 'end')
    expect(received).to.equal(64 * 65_536)
  })

  it('lets the messages behind it come when it is destroyed', async () => {
    const decoder = new LengthPrefixDecoder<Item>({ streamAbove })
    decoder.end(wire)
    const lines: string[] = []
    for await (const item of decoder) {
      if (item instanceof LongMessage) item.destroy()
      else lines.push(item.toString())
    }
    expect(lines).to.deep.equal(['one', '', 'two'])
  })

  it('law 3: fails with its decoder when the stream ends inside it', async () => {
    for (let end = encodeFrame(text('one')).length + 5; end < encodeFrame(text('one')).length + 8; end++) {
      const decoder = new LengthPrefixDecoder<Item>({ streamAbove })
      const errors: unknown[] = []
      decoder.on('error', (error) => errors.push(error))
      decoder.end(wire.subarray(0, end))
      const lines: string[] = []
      try {
        for await (const item of decoder) {
          lines.push('item')
          if (item instanceof LongMessage) for await (const piece of item) lines.push(String(piece))
        }
        expect.fail('no error')
      } catch (error) {
        expect(error).to.include({ code: 'ERR_FRAME_TRUNCATED', frameIndex: 1, offset: 7, length: end - 7, limit: 8 })
      }
      expect(lines).to.deep.equal(['item', 'item', 'four'.slice(0, end - 11)].filter((line) => line !== ''))
    }
  })

  it('fails when its decoder is destroyed', async () => {
    const decoder = new LengthPrefixDecoder<Item>({ streamAbove })
    decoder.write(wire.subarray(0, 13))
    for await (const item of decoder.iterator({ destroyOnReturn: false })) {
      if (!(item instanceof LongMessage)) continue
      const reading = item.toArray().catch((error: unknown) => error)
      decoder.destroy(new Error('gone'))
      decoder.on('error', () => {})
      expect(await reading).to.have.property('message', 'gone')
      break
    }
  })

  it('gives nothing more when its decoder is destroyed by its reader, although more has arrived', async () => {
    const decoder = new LengthPrefixDecoder<Item>({ streamAbove })
    decoder.write(hex('00 00 00 09 61 62 63'))
    const seen: string[] = []
    try {
      for await (const item of decoder) {
        for await (const piece of item as LongMessage) {
          seen.push(String(piece))
          decoder.write(hex('64 65 66'))
          decoder.destroy()
        }
      }
      expect.fail('no error')
    } catch (error) {
      expect(error).to.have.property('message', 'Cannot read long message: its decoder was destroyed')
    }
    expect(seen).to.deep.equal(['abc'])
  })

  it('does not end the process when its decoder is destroyed before it is read', async () => {
    const decoder = new LengthPrefixDecoder<Item>({ streamAbove })
    decoder.write(wire.subarray(0, 13))
    const items: Item[] = []
    decoder.on('data', (item: Item) => items.push(item))
    await new Promise((resolve) => setImmediate(resolve))
    const long = items.at(-1) as LongMessage
    decoder.destroy()
    await new Promise((resolve) => setImmediate(resolve))
    expect(long.destroyed).to.equal(false)
    const error: unknown = await long.toArray().catch((reason: unknown) => reason)
    expect(error).to.have.property('message', 'Cannot read long message: its decoder was destroyed')
  })

  it('is refused when it is longer than maxMessageLength', async () => {
    const decoder = new LengthPrefixDecoder<Item>({ streamAbove, maxMessageLength: 4 })
    decoder.end(wire)
    const error: unknown = await byLoop(decoder).catch((reason: unknown) => reason)
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 16, limit: 4 })
  })
})
