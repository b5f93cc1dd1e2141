import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { decodeFrames, encodeFrame, type FrameOptions, FrameParser } from '../../lib/frame.js'
import { DEFAULT_MAX_MESSAGE_LENGTH } from '../../lib/frame/frame-layout.js'
import * as protocols from '../../lib/frame/protocols.js'
import { concat, isSame, pattern, toHex } from '../support/bytes.js'
import { byteByByte, everyCut } from '../support/cut.js'
import { databases } from './protocols/databases.js'
import { messaging } from './protocols/messaging.js'
import { network } from './protocols/network.js'
import { dump, type Frame, type Vector } from './protocols/vector.js'
import { web } from './protocols/web.js'

const presets = Object.entries<FrameOptions>(protocols)
const vectors = new Map<string, Vector>(Object.entries({ ...databases, ...messaging, ...network, ...web }))

const bytesOf = ({ header, message, trailer }: Frame): Uint8Array => concat([header, message, trailer])

describe('protocols', () => {
  it('have a golden vector each, of at least two messages', () => {
    expect([...vectors.keys()]).to.have.members(presets.map(([name]) => name))
    for (const [name, { frames }] of vectors) expect(frames, name).to.have.lengthOf.at.least(2)
  })

  it('cannot be changed', () => {
    for (const [name, options] of presets) expect(options, name).to.be.frozen
    expect(() => Object.assign(protocols, { dns: {} })).to.throw(TypeError)
  })

  it('strip the header only if it is nothing but the length', () => {
    for (const [name, { lengthFieldOffset = 0, initialBytesToStrip = 'header' }] of presets) {
      expect(initialBytesToStrip, name).to.equal(lengthFieldOffset === 0 ? 'header' : 0)
    }
  })

  it('are in docs/protocols.md, with the same numbers', () => {
    const guide = readFileSync(new URL('../../docs/protocols.md', import.meta.url), 'utf8')
    const rows = Array.from(guide.matchAll(/^\| `(\w+)` .*\|$/gm), ([row]) => row.split('|').map((cell) => cell.trim()))
    expect(rows.map((cells) => cells.slice(1, -1))).to.have.deep.members(presets.map(rowOf))
    for (const [name] of presets) expect(guide).to.match(new RegExp(`^###.* \`${name}\``, 'm'))
  })

  for (const [name, options] of presets) {
    const { frames, longest, tooLong } = vectors.get(name)!
    const wire = concat(frames.map(bytesOf))
    const messages = frames.map(({ message }) => toHex(message))

    describe(name, () => {
      it('reads its golden vector, however it is cut', () => {
        expect(decodeFrames(wire, options).map(toHex)).to.deep.equal(messages)
        for (const chunks of [...everyCut(wire), byteByByte(wire)]) {
          const parser = new FrameParser(options)
          for (const chunk of chunks) parser.append(chunk)
          expect([...parser].map(toHex)).to.deep.equal(messages)
          parser.end()
        }
      })

      it('writes its golden vector', () => {
        for (const frame of frames) {
          expect(toHex(encodeFrame(frame.message, options))).to.equal(toHex(bytesOf(frame)))
        }
      })

      it('calls every end inside a frame truncated', () => {
        const ends = frames.map((_, i) => concat(frames.slice(0, i).map(bytesOf)).length)
        for (let end = 0; end < wire.length; end++) {
          if (ends.includes(end)) continue
          expect(() => decodeFrames(wire.subarray(0, end), options), `end at ${end}`)
            .to.throw()
            .with.property('code', 'ERR_FRAME_TRUNCATED')
        }
      })

      // Not MQTT, whose length has to have its size already, nor FastCGI, whose padding is the message's to say.
      if (options.initialBytesToStrip === 0 && name !== 'mqtt' && name !== 'fastcgi') {
        it('fills in the length of a frame that it keeps', () => {
          const { lengthFieldOffset: start = 0, lengthField } = options
          for (const frame of frames) {
            const unfilled = frame.message.slice().fill(0, start, start + lengthField!.maxSize)
            expect(toHex(encodeFrame(unfilled, options))).to.equal(toHex(bytesOf(frame)))
          }
        })
      }

      if (options.maxMessageLength === undefined) {
        it('has the limit of the library, or of its length field', () => {
          const { lengthField, lengthFieldOffset = 0, lengthAdjustment = 0, initialBytesToStrip } = options
          const kept = initialBytesToStrip === 0 ? lengthFieldOffset + lengthField!.maxSize : 0
          const limit = Math.min(DEFAULT_MAX_MESSAGE_LENGTH, kept + lengthField!.maxValue + lengthAdjustment)
          expect(() => encodeFrame(new Uint8Array(limit + 1), options))
            .to.throw()
            .with.include({ code: 'ERR_MESSAGE_TOO_LARGE', limit })
        })
      } else {
        it('accepts the longest frame, and refuses one byte more', () => {
          expect(() => decodeFrames(longest!, options))
            .to.throw()
            .with.include({ code: 'ERR_FRAME_TRUNCATED' })
          if (tooLong !== undefined) {
            expect(() => decodeFrames(tooLong, options))
              .to.throw()
              .with.include({ code: 'ERR_MESSAGE_TOO_LARGE', limit: options.maxMessageLength })
          }
          expect(() => encodeFrame(new Uint8Array(options.maxMessageLength! + 1), options))
            .to.throw()
            .with.include({ code: 'ERR_MESSAGE_TOO_LARGE', limit: options.maxMessageLength })
        })
      }
    })
  }

  describe('amqp', () => {
    it('refuses a frame that does not end with the end octet', () => {
      expect(() => decodeFrames(dump('08  00 00  00 00 00 00  cf'), protocols.amqp))
        .to.throw()
        .with.property('code', 'ERR_LENGTH_INVALID')
    })
  })

  describe('mqtt', () => {
    it('refuses a remaining length of five bytes, and one that is longer than needed', () => {
      for (const header of ['30  ff ff ff ff 01', '30  80 00']) {
        expect(() => decodeFrames(dump(header), protocols.mqtt))
          .to.throw()
          .with.property('code', 'ERR_LENGTH_INVALID')
      }
    })
  })

  describe('fastcgi', () => {
    const record = (paddingLength: number, rest: number): Uint8Array =>
      concat([dump('01  06  00 01  00 00'), Uint8Array.of(paddingLength, 0), pattern(rest)])

    it('gives what the padding leaves to the content', () => {
      expect(toHex(encodeFrame(record(3, 8), protocols.fastcgi).subarray(4, 7))).to.equal('00 05 03')
      expect(toHex(encodeFrame(record(8, 8), protocols.fastcgi).subarray(4, 7))).to.equal('00 00 08')
      expect(toHex(encodeFrame(record(0, 65_535), protocols.fastcgi).subarray(4, 7))).to.equal('ff ff 00')
    })

    it('takes padding that is longer than its record for none', () => {
      expect(toHex(encodeFrame(record(9, 8), protocols.fastcgi).subarray(4, 7))).to.equal('00 08 00')
    })

    it('sends 65,535 bytes of content and 255 of padding if the record says so, as it reads them', () => {
      const longest = concat([dump('01  06  00 01  ff ff  ff  00'), pattern(65_790)])
      expect(decodeFrames(longest, protocols.fastcgi)).to.have.lengthOf(1)
      expect(isSame(encodeFrame(longest, protocols.fastcgi), longest)).to.equal(true)
      const unfilled = concat([dump('01  06  00 01  00 00  00  00'), pattern(65_790)])
      expect(() => encodeFrame(unfilled, protocols.fastcgi))
        .to.throw()
        .with.include({ code: 'ERR_MESSAGE_TOO_LARGE', limit: 8 + 65_535 })
    })
  })
})

/** What the table in docs/protocols.md says about a preset. */
function rowOf([name, options]: [string, FrameOptions]): string[] {
  const { lengthField, lengthFieldOffset = 0, lengthAdjustment = 0, initialBytesToStrip = 'header' } = options
  const { maxMessageLength, trailer } = options
  const field = lengthField!.name === 'varint' ? `varintOf(${lengthField!.maxSize})` : lengthField!.name
  return [
    `\`${name}\``,
    field,
    String(lengthFieldOffset),
    String(lengthAdjustment),
    String(initialBytesToStrip),
    trailer === undefined ? '' : toHex(trailer).toUpperCase(),
    maxMessageLength === undefined ? '' : maxMessageLength.toLocaleString('en-US'),
  ]
}
