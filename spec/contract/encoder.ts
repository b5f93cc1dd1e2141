import { expect } from 'chai'
import fc from 'fast-check'
import { decodeFrames, type EncodeOptions, uint8, uint16be } from '../../lib/frame.js'
import { hex, isSame, pattern, toHex } from '../support/bytes.js'
import { anyMessage, check } from '../support/property.js'
import { layouts } from './layouts.js'

/** Gives the messages to an encoder, one after the other, ends it, and collects the bytes; rejects with its error. */
export type Encode = (messages: readonly Uint8Array[], options: EncodeOptions) => Promise<Uint8Array>

/** The laws that every encoder obeys. */
export function itObeysTheLawsOfEncoders(encode: Encode): void {
  const failure = (messages: readonly Uint8Array[], options: EncodeOptions): Promise<unknown> =>
    encode(messages, options).then(
      () => undefined,
      (error: unknown) => error,
    )

  for (const { name, options, frames } of layouts) {
    it(`writes the bytes of ${name}`, async () => {
      const bytes = await encode(
        frames.map(([message]) => hex(message)),
        options,
      )
      expect(toHex(bytes)).to.equal(toHex(hex(frames.map(([, frame]) => frame).join(' '))))
    })
  }

  it('law 5: refuses a message that the other side would refuse', async () => {
    expect(await failure([pattern(4)], { maxMessageLength: 3 })).to.include({
      code: 'ERR_MESSAGE_TOO_LARGE',
      length: 4,
      limit: 3,
    })
  })

  it('law 5: refuses a message that is longer than the field can say', async () => {
    expect(await failure([pattern(256)], { lengthField: uint8 })).to.include({
      code: 'ERR_MESSAGE_TOO_LARGE',
      length: 256,
      limit: 255,
    })
    expect(await failure([pattern(65_534)], { lengthField: uint16be, lengthAdjustment: -2 })).to.include({
      code: 'ERR_MESSAGE_TOO_LARGE',
      limit: 65_533,
    })
  })

  it('law 5: refuses a message whose length no field value describes', async () => {
    const postgres = { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 }
    expect(await failure([hex('51 00')], postgres)).to.include({ code: 'ERR_LENGTH_INVALID', length: 2 })
    expect(await failure([hex('51')], { lengthField: uint8, lengthAdjustment: 2 })).to.include({
      code: 'ERR_LENGTH_INVALID',
    })
  })

  it('law 6: writes what decodes to the same messages, short, long and mixed', async () => {
    const long = fc.constantFrom(1024, 2048, 2049, 40_000, 70_000).map(pattern)
    await check(
      fc.array(fc.oneof(anyMessage, long), { maxLength: 12 }),
      async (messages) => {
        const decoded = decodeFrames(await encode(messages, {}))
        expect(decoded.length).to.equal(messages.length)
        for (const [i, message] of messages.entries()) expect(isSame(decoded[i]!, message)).to.equal(true)
      },
      40,
    )
  })

  it('leaves the messages as they are', async () => {
    const message = hex('51 ff ff ff ff 68 69')
    const options = { lengthFieldOffset: 1, lengthAdjustment: -4, initialBytesToStrip: 0 }
    expect(toHex(await encode([message], options))).to.equal('51 00 00 00 06 68 69')
    expect(toHex(message)).to.equal('51 ff ff ff ff 68 69')
  })

  it('refuses what is not bytes', async () => {
    const error = await failure(['hello' as unknown as Uint8Array], {})
    expect(error).to.be.instanceOf(TypeError)
    expect((error as Error).message).to.include('"hello"')
  })
}
