import { expect } from 'chai'
import { decodeFrames } from '../../lib/frame.js'
import { decode } from '../../lib/iterables.js'
import { LengthPrefixDecoder } from '../../lib/streams.js'
import { checkTruncation, type Decoder } from '../../lib/testing.js'
import { LengthPrefixDecoderStream } from '../../lib/web.js'
import { layouts } from '../contract/layouts.js'
import { hex } from '../support/bytes.js'
import { brokenDecoders, frames, messages, right } from './broken-decoders.js'
import { lawOf, linesOf } from './broken-law.js'

describe('checkTruncation', () => {
  for (const [name, { decoder, truncation, timeoutMs }] of Object.entries(brokenDecoders)) {
    it(`finds ${truncation === undefined ? 'nothing' : `law ${truncation} broken`} in a decoder that ${name}`, async () => {
      const check = checkTruncation(decoder, frames, { expected: messages, timeoutMs })
      expect(await lawOf(check)).to.equal(truncation)
    })
  }

  it('finds nothing in ours, with any layout', async () => {
    for (const { options, frames } of layouts) {
      const bytes = frames.map(([, frame]) => hex(frame))
      if (Buffer.concat(bytes).length > 60) continue
      const error = { code: 'ERR_FRAME_TRUNCATED' }
      await checkTruncation(() => new LengthPrefixDecoder(options), bytes, { error })
      await checkTruncation(() => new LengthPrefixDecoderStream(options), bytes, { error })
      await checkTruncation((chunks) => decode(chunks, options), bytes, { error })
      await checkTruncation((chunks) => decodeFrames(Buffer.concat(chunks), options), bytes, { error })
    }
  })

  it('tells the end that breaks the law, and where it lies', async () => {
    const { decoder } = brokenDecoders['ends cleanly inside a frame']!
    expect(await linesOf(checkTruncation(decoder, frames))).to.deep.equal([
      'Law 3 is broken: truth at the end',
      '  input     1 byte, whole',
      '  chunks    00',
      '  end       at 1 of 13 bytes, inside frame 0',
      '  expected  an error',
      '  got       end',
    ])
  })

  it('finds an end right after a header that is clean', async () => {
    const decoder: Decoder = function* (chunks) {
      const bytes = Buffer.concat(chunks)
      // Remembers what is left of the payload, and not that it waits for one.
      if (bytes.length === 9) yield* right([bytes.subarray(0, 9)])
      else if (bytes.equals(Buffer.concat(frames).subarray(0, 11))) yield* right([bytes.subarray(0, 9)])
      else yield* right(chunks)
    }
    expect(await linesOf(checkTruncation(decoder, frames))).to.include('  end       at 11 of 13 bytes, inside frame 2')
  })

  it('wants a message of each frame where nothing is expected', async () => {
    const { decoder } = brokenDecoders['drops empty messages']!
    expect(await linesOf(checkTruncation(decoder, frames))).to.deep.equal([
      'Law 2 is broken: a message is a message',
      '  input     3 frames, whole',
      '  expected  a message for each frame, end',
      '  got       "hello", "hi", end',
    ])
    expect(await lawOf(checkTruncation(right, [...frames, hex('ff ff')]))).to.equal(3)
  })

  it('wants the error that is expected, and no other', async () => {
    await checkTruncation(right, frames, { error: /Truncated/ })
    expect(await lawOf(checkTruncation(right, frames, { error: TypeError }))).to.equal(3)
  })
})
