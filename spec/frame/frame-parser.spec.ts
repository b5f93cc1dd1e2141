import { expect } from 'chai'
import { runInNewContext } from 'node:vm'
import { type DecodeOptions, FrameParser, type LengthField, MessageTooLargeError, uint32be } from '../../lib/frame.js'
import { type Decoded, itObeysTheLawsOfDecoders } from '../contract/decoder.js'
import { hex, toHex } from '../support/bytes.js'

describe('FrameParser', () => {
  describe('read after each chunk', () => {
    itObeysTheLawsOfDecoders(async (chunks, options) =>
      collect((messages) => {
        const parser = new FrameParser(options)
        for (const chunk of chunks) {
          parser.append(chunk)
          for (let message = parser.read(); message !== undefined; message = parser.read()) messages.push(message)
        }
        parser.end()
      }),
    )
  })

  describe('iterated when all chunks are there', () => {
    itObeysTheLawsOfDecoders(async (chunks, options) =>
      collect((messages) => {
        const parser = new FrameParser(options)
        for (const chunk of chunks) parser.append(chunk)
        for (const message of parser) messages.push(message)
        parser.end()
      }),
    )
  })

  describe('read in batches', () => {
    itObeysTheLawsOfDecoders(async (chunks, options) =>
      collect((messages) => {
        const parser = new FrameParser(options)
        for (const chunk of chunks) {
          parser.append(chunk)
          for (let batch = parser.readBatch(); batch.length > 0; batch = parser.readBatch()) messages.push(...batch)
        }
        parser.end()
      }),
    )
  })

  it('leaves the messages behind a break to the next loop', () => {
    const parser = new FrameParser()
    parser.append(hex('00 00 00 01 61 00 00 00 01 62'))
    for (const message of parser) {
      expect(toHex(message)).to.equal('61')
      break
    }
    expect([...parser].map(toHex)).to.deep.equal(['62'])
  })

  it('counts the bytes that are not read', () => {
    const parser = new FrameParser()
    parser.append(hex('00 00 00 01 61 00 00'))
    parser.append(hex('00'))
    expect(parser.unreadLength).to.equal(8)
    parser.read()
    expect(parser.unreadLength).to.equal(3)
  })

  it('gives Buffers in Node, within one chunk and across chunks', () => {
    const parser = new FrameParser()
    parser.append(hex('00 00 00 01 61 00 00 00 02'))
    parser.append(hex('62 63'))
    for (const message of parser) expect(message).to.be.instanceOf(Buffer)
  })

  it('fails with the same error from then on, and holds nothing', () => {
    const parser = new FrameParser({ maxMessageLength: 1 })
    parser.append(hex('00 00 00 02 61 62'))
    const first = thrownBy(() => parser.read())
    expect(first).to.be.instanceOf(MessageTooLargeError)
    parser.append(hex('00 00 00 01 61'))
    expect(parser.unreadLength).to.equal(0)
    expect(thrownBy(() => parser.read())).to.equal(first)
    expect(thrownBy(() => parser.readBatch())).to.equal(first)
    expect(thrownBy(() => parser.end())).to.equal(first)
  })

  it('refuses a chunk that is not bytes', () => {
    const parser = new FrameParser()
    for (const chunk of ['text', 7, null, undefined, new DataView(new ArrayBuffer(4)), [1, 2]]) {
      expect(() => parser.append(chunk as unknown as Uint8Array)).to.throw(TypeError, 'Cannot append chunk')
    }
  })

  it('takes bytes of another realm', () => {
    const parser = new FrameParser()
    for (const list of ['[0, 0, 0, 1]', '[97, 0, 0, 0, 1, 98]'])
      parser.append(runInNewContext(`new Uint8Array(${list})`) as Uint8Array)
    expect([...parser].map(toHex)).to.deep.equal(['61', '62'])
    parser.end()
  })

  describe('ended', () => {
    const endOf = (bytes: string, options?: DecodeOptions): unknown => {
      const parser = new FrameParser(options)
      parser.append(hex(bytes))
      return thrownBy(() => parser.end())
    }

    it('before a whole message has been read, says so', () => {
      for (const options of [{}, { streamAbove: 0 }, { trailer: hex('ce') }])
        expect(endOf('00 00 00 01 61 ce 00', options))
          .to.be.instanceOf(TypeError)
          .with.property('message', 'Cannot end: the frame at offset 0 is here and has not been read')
    })

    it('before a length has been read that is refused, refuses it', () => {
      expect(endOf('00 00 00 02 61', { maxMessageLength: 1 })).to.include({
        code: 'ERR_MESSAGE_TOO_LARGE',
        length: 2,
        limit: 1,
      })
      expect(endOf('00 00 00 01 61', { lengthAdjustment: -4 })).to.include({ code: 'ERR_LENGTH_INVALID', length: -3 })
    })

    it('inside a long message, tells how much of its frame has come', () => {
      const parser = new FrameParser({ streamAbove: 1 })
      parser.append(hex('00 00 00 03 61 62'))
      expect(parser.read()).to.equal(undefined)
      expect(toHex(parser.readPiece()!)).to.equal('61 62')
      expect(thrownBy(() => parser.end())).to.include({ code: 'ERR_FRAME_TRUNCATED', length: 6, limit: 7 })
    })

    it('behind a long message whose last piece has been read, is at an end', () => {
      for (const [trailer, end] of [
        ['', ''],
        ['ce', 'ce'],
      ] as const) {
        const parser = new FrameParser({ streamAbove: 1, trailer: hex(trailer) })
        parser.append(hex(`00 00 00 02 61 62 ${end}`))
        parser.read()
        parser.readPiece()
        parser.end()
      }
    })

    it('behind a long message without its trailer, tells that it is missing', () => {
      const parser = new FrameParser({ streamAbove: 1, trailer: hex('ce') })
      parser.append(hex('00 00 00 02 61 62'))
      parser.read()
      parser.readPiece()
      expect(thrownBy(() => parser.end())).to.include({ code: 'ERR_FRAME_TRUNCATED', length: 6, limit: 7 })
    })

    it('before the pieces of a whole long message have been read, says so', () => {
      const parser = new FrameParser({ streamAbove: 1 })
      parser.append(hex('00 00 00 02 61 62 00'))
      parser.read()
      expect(thrownBy(() => parser.end())).to.be.instanceOf(TypeError)
    })
  })

  it('law 7: looks at a header at most a few times for each chunk, however small the chunks', () => {
    let looks = 0
    const counting: LengthField = {
      ...uint32be,
      read: (...bytes) => {
        looks++
        return uint32be.read(...bytes)
      },
    }
    const parser = new FrameParser({ lengthField: counting })
    parser.append(hex('00 01 00 00'))
    for (let i = 0; i < 65_536; i++) {
      parser.append(Uint8Array.of(i))
      const message = parser.read()
      if (i < 65_535) expect(message).to.equal(undefined)
      else expect(message).to.have.lengthOf(65_536)
    }
    expect(looks).to.be.at.most(3 * 65_536)
  })

  it('allocates nothing for a length that is only claimed', () => {
    const claims = Array.from({ length: 100 }, () => {
      const parser = new FrameParser({ maxMessageLength: Infinity })
      parser.append(hex('7f ff ff ff 00'))
      parser.read()
      return parser
    })
    const before = process.memoryUsage().arrayBuffers
    for (const parser of claims) {
      parser.append(hex('01 02 03'))
      parser.read()
    }
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(131_072)
  })
})

function collect(run: (messages: Uint8Array[]) => void): Decoded {
  const messages: Uint8Array[] = []
  try {
    run(messages)
    return { messages }
  } catch (error) {
    return { messages, error }
  }
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}
