import { expect } from 'chai'
import { LengthPrefixDecoder } from '../../lib/index.js'
import { checkChunking, checkInverse, checkTruncation, ScriptedPeer } from '../../lib/testing.js'
import { rejectionOf } from '../support/lab.js'

describe('Arguments of the test kit', () => {
  const decoder = (): LengthPrefixDecoder => new LengthPrefixDecoder()
  const encoder = (): readonly Uint8Array[] => []
  // What a program in JavaScript may give.
  const any = (value: unknown): never => value as never

  const wrong: readonly (readonly [says: string, check: () => Promise<unknown>])[] = [
    ['Cannot use decoder: expected a function, got undefined', () => checkChunking(any(undefined), Buffer.alloc(1))],
    ['Cannot check chunking: expected a Uint8Array, got undefined', () => checkChunking(decoder, any(undefined))],
    [
      'Cannot use option run: no such option (did you mean runs?)',
      () => checkChunking(decoder, Buffer.alloc(0), any({ run: 1 })),
    ],
    ['Cannot use encoder: expected a function, got 5', () => checkInverse(any(5), decoder)],
    ['Cannot use decoder: expected a function, got null', () => checkInverse(encoder, any(null))],
    [
      'Cannot use option sed: no such option (did you mean seed?)',
      () => checkInverse(encoder, decoder, any({ sed: 1 })),
    ],
    ['Cannot use decoder: expected a function, got Object', () => checkTruncation(any({}), [])],
    [
      'Cannot check truncation: expected an array of frames, got Buffer',
      () => checkTruncation(decoder, any(Buffer.alloc(1))),
    ],
    ['Cannot check truncation: expected a Uint8Array, got 5', () => checkTruncation(decoder, any([5]))],
    ['Cannot use options: expected an object, got null', () => checkTruncation(decoder, [], any(null))],
  ]
  for (const [says, check] of wrong) {
    it(`are refused, and no law is said to be broken: ${says}`, async () => {
      const error = await rejectionOf(check())
      expect(error).to.be.instanceOf(TypeError)
      expect(error).to.have.property('message', says)
    })
  }

  it('are refused by ScriptedPeer where an option is misspelt', () => {
    expect(() => new ScriptedPeer(any({ timeout: 5 }))).to.throw(TypeError, 'did you mean timeoutMs?')
  })
})
