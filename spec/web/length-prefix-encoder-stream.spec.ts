import { expect } from 'chai'
import { decodeFrames } from '../../lib/frame.js'
import { LengthPrefixDecoderStream, LengthPrefixEncoderStream } from '../../lib/web.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat, hex, isSame, pattern, toHex } from '../support/bytes.js'
import { aWhile, reasonOf, sourceOf, turnsDuring } from './web-streams.js'

// These specs run in browsers too: nothing here is Node's.

async function chunksOf(readable: ReadableStream<Uint8Array>, chunks: Uint8Array[] = []): Promise<Uint8Array[]> {
  for await (const chunk of readable) {
    await aWhile()
    chunks.push(chunk)
  }
  return chunks
}

describe('LengthPrefixEncoderStream', () => {
  describe('written to, and read', () => {
    itObeysTheLawsOfEncoders(async (messages, options) => {
      const { readable, writable } = new LengthPrefixEncoderStream(options)
      const writer = writable.getWriter()
      for (const message of messages) writer.write(message).catch(() => {})
      writer.close().catch(() => {})
      const frames: Uint8Array[] = []
      for await (const frame of readable) frames.push(frame)
      return concat(frames)
    })
  })

  describe('piped through, to a WritableStream', () => {
    itObeysTheLawsOfEncoders(async (messages, options) => {
      const frames: Uint8Array[] = []
      const sink = new WritableStream<Uint8Array>({
        write: (frame) => {
          frames.push(frame)
        },
      })
      await sourceOf(messages).pipeThrough(new LengthPrefixEncoderStream(options)).pipeTo(sink)
      return concat(frames)
    })
  })

  it('gives each frame as one chunk, whose memory may be transferred', async () => {
    const messages = ['', '61', '62 63'].map(hex)
    const frames: string[] = []
    for await (const frame of sourceOf(messages).pipeThrough(new LengthPrefixEncoderStream())) {
      expect(frame.buffer.byteLength).to.equal(frame.length)
      frames.push(toHex(structuredClone(frame, { transfer: [frame.buffer] })))
    }
    expect(frames).to.deep.equal(['00 00 00 00', '00 00 00 01 61', '00 00 00 02 62 63'])
  })

  it('gives a slow reader the frames before a message that it refuses', async () => {
    const frames: Uint8Array[] = []
    const source = sourceOf(['61', '62', '63 64', '65'].map(hex))
    const encoded = source.pipeThrough(new LengthPrefixEncoderStream({ maxMessageLength: 1 }))
    expect(await reasonOf(chunksOf(encoded, frames))).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', length: 2 })
    expect(frames.map(toHex)).to.deep.equal(['00 00 00 01 61', '00 00 00 01 62'])
  })

  it('tells its writer what it refuses', async () => {
    const { readable, writable } = new LengthPrefixEncoderStream({ maxMessageLength: 1 })
    const reading = reasonOf(chunksOf(readable))
    const error = await reasonOf(writable.getWriter().write(hex('61 62')))
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE' })
    expect(await reading).to.equal(error)
  })

  it('refuses what is no message, by its name', async () => {
    for (const [message, name] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [5, '5'],
      ['text', 'string "text"'],
    ] as const) {
      const { readable, writable } = new LengthPrefixEncoderStream()
      const reading = reasonOf(readable.getReader().read())
      const error = await reasonOf(writable.getWriter().write(message as unknown as Uint8Array))
      expect(error)
        .to.be.instanceOf(TypeError)
        .with.property('message', `Cannot encode message: expected a Uint8Array, got ${name}`)
      expect(await reading).to.equal(error)
    }
  })

  it('lets timers run while a loop encodes a flood', async () => {
    const messages = Array.from({ length: 20_000 }, () => hex('61'))
    let length = 0
    const turns = await turnsDuring(async () => {
      for await (const frame of sourceOf(messages).pipeThrough(new LengthPrefixEncoderStream())) length += frame.length
    })
    expect(length).to.equal(100_000)
    expect(turns).to.be.at.least(2)
  })

  it('takes from its source only what its reader needs', async () => {
    let pulled = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          pulled++
          controller.enqueue(pattern(1000))
        },
      },
      { highWaterMark: 0 },
    )
    const reader = source.pipeThrough(new LengthPrefixEncoderStream()).getReader()
    await reader.read()
    await aWhile()
    expect(pulled).to.be.at.most(3)
    await reader.cancel()
  })

  it('cancels its source when its reader cancels', async () => {
    let cancelled: unknown
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(hex('61')),
      cancel: (reason) => {
        cancelled = reason
      },
    })
    const reader = source.pipeThrough(new LengthPrefixEncoderStream()).getReader()
    await reader.read()
    await reader.cancel('enough')
    await aWhile()
    expect(cancelled).to.equal('enough')
  })

  it('fails its reader when it is aborted', async () => {
    const { readable, writable } = new LengthPrefixEncoderStream()
    const reading = reasonOf(readable.getReader().read())
    await writable.abort('gone')
    expect(await reading).to.equal('gone')
  })

  it('refuses options at once that cannot work', () => {
    expect(() => new LengthPrefixEncoderStream({ header: hex('61') })).to.throw(RangeError, 'header')
  })

  it('law 6: is undone by a decoder, with a compressed stream between them', async () => {
    const messages = [pattern(0), pattern(1), pattern(70_000), pattern(3)]
    const decoded: Uint8Array[] = await chunksOf(
      sourceOf(messages)
        .pipeThrough(new LengthPrefixEncoderStream())
        .pipeThrough(new CompressionStream('gzip'))
        .pipeThrough(new DecompressionStream('gzip'))
        .pipeThrough(new LengthPrefixDecoderStream()),
    )
    expect(decoded.map((message, i) => isSame(message, messages[i]!))).to.deep.equal([true, true, true, true])
  })

  it('writes a body', async () => {
    const body = sourceOf([hex('61'), hex('62')]).pipeThrough(new LengthPrefixEncoderStream())
    const bytes = new Uint8Array(await new Response(body).arrayBuffer())
    expect(decodeFrames(bytes).map(toHex)).to.deep.equal(['61', '62'])
  })
})
