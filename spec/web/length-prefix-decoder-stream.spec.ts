import { expect } from 'chai'
import { type DecodeOptions, encodeFrame, type FrameOptions, type LengthField, uint32be } from '../../lib/frame.js'
import { LengthPrefixDecoderStream } from '../../lib/web.js'
import { type Decoded, itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { concat, hex, pattern, text } from '../support/bytes.js'
import { aWhile, reasonOf, sourceOf, turnsDuring } from './web-streams.js'

// These specs run in browsers too: nothing here is Node's.

// Brings the chunks into a decoder, and collects what comes out of it.
type Form = (decoder: LengthPrefixDecoderStream, chunks: readonly Uint8Array[], messages: Uint8Array[]) => Promise<void>

function write({ writable }: LengthPrefixDecoderStream, chunks: readonly Uint8Array[]): void {
  const writer = writable.getWriter()
  // What goes wrong is told to the reader too, where it is looked at.
  for (const chunk of chunks) writer.write(chunk).catch(() => {})
  writer.close().catch(() => {})
}

const forms: Record<string, Form> = {
  'written to, and read': async (decoder, chunks, messages) => {
    write(decoder, chunks)
    const reader = decoder.readable.getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) messages.push(next.value)
  },
  'written to, and read when all is due': async (decoder, chunks, messages) => {
    write(decoder, chunks)
    await aWhile()
    for await (const message of decoder.readable) {
      await aWhile()
      messages.push(message)
    }
  },
  'piped through, and read by for await': async (decoder, chunks, messages) => {
    for await (const message of sourceOf(chunks).pipeThrough(decoder)) messages.push(message)
  },
  'piped through, to a slow WritableStream': async (decoder, chunks, messages) => {
    const sink = new WritableStream<Uint8Array>({
      write: async (message) => {
        await aWhile()
        messages.push(message)
      },
    })
    await sourceOf(chunks).pipeThrough(decoder).pipeTo(sink)
  },
}

async function decodeBy(form: Form, chunks: readonly Uint8Array[], options: FrameOptions): Promise<Decoded> {
  const messages: Uint8Array[] = []
  const error = await reasonOf(form(new LengthPrefixDecoderStream(options), chunks, messages))
  return { messages, error }
}

describe('LengthPrefixDecoderStream', () => {
  for (const [name, form] of Object.entries(forms)) {
    describe(name, () => {
      itObeysTheLawsOfDecoders((chunks, options) => decodeBy(form, chunks, options))
    })
  }

  const three = concat(['one', 'two', 'three'].map((word) => encodeFrame(text(word))))
  const word = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

  it('law 4: gives a slow reader every message that came before its source failed', async () => {
    const chunks = [three.subarray(0, 9), three.subarray(9)]
    const source = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const chunk = chunks.shift()
        // Not in the call that follows the last read, or Chromium's pipe would forget what that read gave it.
        await aWhile()
        if (chunk === undefined) controller.error(new Error('reset'))
        else controller.enqueue(chunk)
      },
    })
    const seen: string[] = []
    const error = await reasonOf(collect(source.pipeThrough(new LengthPrefixDecoderStream()), seen))
    expect(error).to.have.property('message', 'reset')
    expect(seen).to.deep.equal(['one', 'two', 'three'])
  })

  it('answers reads in order that were asked for before anything came', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const reader = decoder.readable.getReader()
    const reads = Promise.all([reader.read(), reader.read(), reader.read(), reader.read(), reader.read()])
    await aWhile()
    write(decoder, [three.subarray(0, 10), three.subarray(10)])
    expect((await reads).map(({ value }) => value && word(value))).to.deep.equal([
      'one',
      'two',
      'three',
      undefined,
      undefined,
    ])
  })

  it('parses no further than its reader takes messages', async () => {
    let measured = 0
    const counting: LengthField = {
      ...uint32be,
      read: (...bytes) => {
        measured++
        return uint32be.read(...bytes)
      },
    }
    const decoder = new LengthPrefixDecoderStream({ lengthField: counting })
    write(decoder, [new Uint8Array(65_536)])
    await aWhile()
    expect(measured).to.equal(0)
    const reader = decoder.readable.getReader()
    await reader.read()
    await reader.read()
    await aWhile()
    expect(measured).to.be.within(2, 4)
  })

  it('holds its writer back until a chunk is used up', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const writer = decoder.writable.getWriter()
    let written = false
    const writing = writer.write(three).then(() => {
      written = true
    })
    const reader = decoder.readable.getReader()
    for (const expected of ['one', 'two', 'three']) {
      expect(word((await reader.read()).value)).to.equal(expected)
      await aWhile()
      expect(written).to.equal(false)
      expect(writer.desiredSize).to.equal(0)
    }
    const next = reader.read()
    await writing
    await writer.ready
    await writer.close()
    expect(await next).to.deep.equal({ value: undefined, done: true })
  })

  it('takes from its source only what its reader needs', async () => {
    let pulled = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          pulled++
          controller.enqueue(encodeFrame(pattern(1000)))
        },
      },
      { highWaterMark: 0 },
    )
    const reader = source.pipeThrough(new LengthPrefixDecoderStream()).getReader()
    await reader.read()
    await aWhile()
    expect(pulled).to.be.at.most(3)
    await reader.cancel()
  })

  it('tells its writer what it tells its reader', async () => {
    const decoder = new LengthPrefixDecoderStream({ maxMessageLength: 3 })
    const writer = decoder.writable.getWriter()
    const writing = reasonOf(writer.write(three))
    const reading = reasonOf(collect(decoder.readable))
    const error = await writing
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE', frameIndex: 2 })
    expect(await reading).to.equal(error)
    expect(await reasonOf(writer.closed)).to.equal(error)
  })

  it('law 3: refuses to close inside a frame', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const writer = decoder.writable.getWriter()
    const reading = reasonOf(collect(decoder.readable))
    await writer.write(hex('00 00'))
    const error = await reasonOf(writer.close())
    expect(error).to.include({ code: 'ERR_FRAME_TRUNCATED', length: 2 })
    expect(await reading).to.equal(error)
  })

  it('cancels its source with the error that it found', async () => {
    let cancelled: unknown
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(hex('ff ff ff ff')),
      cancel: (reason) => {
        cancelled = reason
      },
    })
    const error = await reasonOf(collect(source.pipeThrough(new LengthPrefixDecoderStream())))
    expect(error).to.include({ code: 'ERR_MESSAGE_TOO_LARGE' })
    await aWhile()
    expect(cancelled).to.equal(error)
  })

  it('cancels its source when its reader cancels', async () => {
    let cancelled: unknown
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(three),
      cancel: (reason) => {
        cancelled = reason
      },
    })
    const reader = source.pipeThrough(new LengthPrefixDecoderStream()).getReader()
    await reader.read()
    await reader.cancel('enough')
    await reader.cancel('twice')
    await aWhile()
    expect(cancelled).to.equal('enough')
  })

  it('lets go of its writer when its reader leaves the loop', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const writer = decoder.writable.getWriter()
    const writing = writer.write(three)
    for await (const message of decoder.readable) {
      expect(word(message)).to.equal('one')
      break
    }
    await writing
    await reasonOf(writer.closed)
    expect(await reasonOf(writer.write(three).then(() => 'written'))).to.not.equal('written')
  })

  it('lets a writer close that waited when its reader cancelled', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const closing = decoder.writable.getWriter().close()
    await aWhile()
    await decoder.readable.cancel()
    await closing
  })

  it('settles an abort while a chunk is half read, and gives its reader nothing more', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const writer = decoder.writable.getWriter()
    const writing = writer.write(three)
    const reader = decoder.readable.getReader()
    expect(word((await reader.read()).value)).to.equal('one')
    const waiting = writer.write(three)
    waiting.catch(() => {})
    await writer.abort('gone')
    await writing
    expect(await reasonOf(waiting)).to.equal('gone')
    expect(await reasonOf(reader.read())).to.equal('gone')
    expect(await reasonOf(reader.closed)).to.equal('gone')
    expect(await reasonOf(writer.closed)).to.equal('gone')
  })

  it('settles an abort while nothing is read', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const writer = decoder.writable.getWriter()
    const writing = writer.write(concat([three, hex('00 00')]))
    await aWhile()
    await writer.abort('gone')
    await writing
    expect(await reasonOf(decoder.readable.getReader().read())).to.equal('gone')
  })

  it('closes without a reader where nothing waits to be read', async () => {
    const decoder = new LengthPrefixDecoderStream()
    await decoder.writable.getWriter().close()
    expect((await decoder.readable.getReader().read()).done).to.equal(true)
  })

  it('rejects a write that was not begun when its reader cancels', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const writer = decoder.writable.getWriter()
    const writing = reasonOf(writer.write(three))
    await aWhile()
    await decoder.readable.cancel('enough')
    expect(await writing).to.equal('enough')
    expect(await reasonOf(writer.closed)).to.equal('enough')
  })

  it('fails a reader that waits when it is aborted', async () => {
    const decoder = new LengthPrefixDecoderStream()
    const reading = reasonOf(decoder.readable.getReader().read())
    await aWhile()
    await decoder.writable.abort('gone')
    expect(await reading).to.equal('gone')
  })

  it('lets timers run while a loop reads a flood', async () => {
    const decoder = new LengthPrefixDecoderStream()
    write(decoder, [new Uint8Array(4 * 50_000)])
    let count = 0
    const turns = await turnsDuring(async () => {
      for await (const message of decoder.readable) count += 1 + message.length
    })
    expect(count).to.equal(50_000)
    expect(turns).to.be.at.least(2)
  })

  it('refuses a chunk that is not bytes', async () => {
    for (const chunk of ['text', new ArrayBuffer(1), undefined]) {
      const decoder = new LengthPrefixDecoderStream()
      const writing = reasonOf(decoder.writable.getWriter().write(chunk as unknown as Uint8Array))
      const error = await reasonOf(decoder.readable.getReader().read())
      expect(error).to.be.instanceOf(TypeError)
      expect(await writing).to.equal(error)
    }
  })

  it('refuses options at once that cannot work', () => {
    expect(() => new LengthPrefixDecoderStream({ maxMessageLength: 0 })).to.throw(RangeError, 'maxMessageLength')
    const options: DecodeOptions = { streamAbove: 10 }
    expect(() => new LengthPrefixDecoderStream(options)).to.throw(TypeError, 'Cannot use streamAbove')
  })

  it('reads what the platform gives: a body, compressed', async () => {
    const body = (bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> => new Response(bytes.slice()).body!
    const messages = body(three)
      .pipeThrough(new CompressionStream('gzip'))
      .pipeThrough(new DecompressionStream('gzip'))
      .pipeThrough(new LengthPrefixDecoderStream())
    const seen: string[] = []
    await collect(messages, seen)
    expect(seen).to.deep.equal(['one', 'two', 'three'])
  })

  async function collect(readable: ReadableStream<Uint8Array>, seen: string[] = []): Promise<void> {
    for await (const message of readable) {
      await aWhile()
      seen.push(word(message))
    }
  }
})
