import { expect } from 'chai'
import { once } from 'node:events'
import { encodeFrame, type FrameOptions } from '../../lib/frame.js'
import { LengthPrefixDecoder, LongMessage } from '../../lib/streams.js'
import { type Decoded, itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { concat, hex, text } from '../support/bytes.js'

const aWhile = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const three = concat(['one', 'two', 'three'].map((word) => encodeFrame(text(word))))

/** Takes what a decoder has whenever it is woken, unless it is paused. */
class Taker {
  readonly messages: Buffer[] = []
  isPaused = false
  wakes = 0
  readonly #decoder: LengthPrefixDecoder

  constructor(decoder: LengthPrefixDecoder) {
    this.#decoder = decoder
    decoder.handTo(this)
  }

  wake(): void {
    this.wakes++
    for (let batch = this.#take(); batch !== undefined; batch = this.#take()) this.messages.push(...batch)
  }

  #take(): Buffer[] | undefined {
    return this.isPaused ? undefined : this.#decoder.takeBatch()
  }
}

describe('MessageTransform, handed to a taker', () => {
  itObeysTheLawsOfDecoders((chunks, options) => decodeBy(chunks, options, () => {}))

  describe('that comes when some has been written', () => {
    itObeysTheLawsOfDecoders(async (chunks, options) => {
      const decoder = new LengthPrefixDecoder(options)
      decoder.on('error', () => {})
      for (const chunk of chunks) decoder.write(chunk)
      decoder.end()
      await aWhile()
      const taker = new Taker(decoder)
      taker.wake()
      return { messages: taker.messages, ...(await endOf(decoder)) }
    })
  })

  describe('that pauses now and then', () => {
    itObeysTheLawsOfDecoders((chunks, options) =>
      decodeBy(chunks, options, (taker) => {
        taker.isPaused = true
        setImmediate(() => {
          taker.isPaused = false
          taker.wake()
        })
      }),
    )
  })

  it('gives it at most 128 messages of one chunk at a time', () => {
    const decoder = new LengthPrefixDecoder()
    decoder.handTo({ wake: () => {} })
    decoder.write(new Uint8Array(4 * 300))
    const lengths = Array.from({ length: 4 }, () => decoder.takeBatch()?.length)
    expect(lengths).to.deep.equal([128, 128, 44, undefined])
    decoder.destroy()
  })

  it('tells how many bytes are not part of a message yet', () => {
    const decoder = new LengthPrefixDecoder()
    const taker = new Taker(decoder)
    decoder.write(concat([three, hex('00 00')]))
    expect(taker.messages.map(String)).to.deep.equal(['one', 'two', 'three'])
    expect(decoder.unreadLength).to.equal(2)
    decoder.write(hex('00 05 68'))
    expect(decoder.unreadLength).to.equal(5)
    decoder.destroy()
    expect(decoder.unreadLength).to.equal(0)
  })

  it('holds its writer back while it is paused', async () => {
    const decoder = new LengthPrefixDecoder()
    const taker = new Taker(decoder)
    taker.isPaused = true
    const frame = encodeFrame(new Uint8Array(60_000))
    let count = 0
    do count++
    while (decoder.write(frame) && count < 1000)
    expect(count).to.be.below(10)
    const drained = once(decoder, 'drain')
    taker.isPaused = false
    taker.wake()
    await drained
    expect(taker.messages).to.have.lengthOf(count)
    decoder.destroy()
  })

  it('gives it what the stream had buffered before', async () => {
    const decoder = new LengthPrefixDecoder()
    decoder.on('readable', () => {})
    decoder.write(three)
    await once(decoder, 'readable')
    decoder.removeAllListeners('readable')
    expect(decoder.readableLength).to.equal(3)
    const taker = new Taker(decoder)
    taker.wake()
    expect(taker.messages.map(String)).to.deep.equal(['one', 'two', 'three'])
    decoder.destroy()
  })

  it('has one at a time, beside no loop', () => {
    const decoder = new LengthPrefixDecoder()
    decoder.handTo({ wake: () => {} })
    expect(() => decoder.handTo({ wake: () => {} })).to.throw(TypeError, 'another loop')
    expect(() => decoder.iterator()).to.throw(TypeError, 'another loop')
    decoder.destroy()
  })

  it('goes on by itself when it is taken back', async () => {
    const decoder = new LengthPrefixDecoder()
    const taker = new Taker(decoder)
    decoder.write(three.subarray(0, 9))
    decoder.takeBack()
    const seen: string[] = []
    decoder.on('data', (message) => seen.push(String(message)))
    decoder.end(three.subarray(9))
    await once(decoder, 'end')
    expect([taker.messages.map(String), seen]).to.deep.equal([['one'], ['two', 'three']])
  })

  it('gives nothing more once it is destroyed', () => {
    const decoder = new LengthPrefixDecoder()
    decoder.handTo({ wake: () => {} })
    decoder.write(new Uint8Array(4 * 300))
    decoder.takeBatch()
    decoder.destroy()
    expect(decoder.takeBatch()).to.equal(undefined)
  })

  it('gives a long message as one item, and wakes it when that has been read', async () => {
    const decoder = new LengthPrefixDecoder({ streamAbove: 3 })
    const seen: string[] = []
    const wake = (): void => {
      for (let batch = decoder.takeBatch(); batch !== undefined; batch = decoder.takeBatch()) {
        for (const item of batch) {
          if (!(item instanceof LongMessage)) seen.push(String(item))
          else item.on('data', (piece: Buffer) => seen.push(`piece ${String(piece)}`))
        }
      }
    }
    decoder.handTo({ wake })
    decoder.end(concat([three, encodeFrame(text('four'))]))
    await once(decoder, 'end')
    expect(seen).to.deep.equal(['one', 'two', 'piece three', 'piece four'])
  })
})

async function decodeBy(
  chunks: readonly Uint8Array[],
  options: FrameOptions,
  onChunk: (taker: Taker) => void,
): Promise<Decoded> {
  const decoder = new LengthPrefixDecoder(options)
  const taker = new Taker(decoder)
  const ended = endOf(decoder)
  for (const chunk of chunks) {
    decoder.write(chunk)
    onChunk(taker)
  }
  decoder.end()
  return { messages: taker.messages, ...(await ended) }
}

async function endOf(decoder: LengthPrefixDecoder): Promise<{ error?: unknown }> {
  if (decoder.errored) return { error: decoder.errored }
  return once(decoder, 'end').then(
    () => ({}),
    (error: unknown) => ({ error }),
  )
}
