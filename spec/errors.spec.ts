import { expect } from 'chai'
import {
  FrameTruncatedError,
  FramingError,
  LengthInvalidError,
  MessageTooLargeError,
  PeerError,
} from '../lib/errors.js'

describe('errors', () => {
  it('start with what could not be done, and have the numbers that explain it', () => {
    const place = { offset: 7, frameIndex: 1 }
    const errors = [
      new MessageTooLargeError('read', { ...place, length: 9, limit: 8 }),
      new FrameTruncatedError({ ...place, length: 2, limit: 9 }),
      new FrameTruncatedError({ ...place, length: 2 }),
      new LengthInvalidError('Cannot read frame at offset 7: length field 80', {
        ...place,
        hint: 'the bytes are text',
      }),
    ]
    expect(errors.map(({ message }) => message)).to.deep.equal([
      'Cannot read message of the frame at offset 7: length is 9, limit is 8',
      'Cannot read frame at offset 7: stream ended after 2 of 9 bytes',
      'Cannot read frame at offset 7: stream ended after 2 bytes, inside its header',
      'Cannot read frame at offset 7: length field 80 (the bytes are text)',
    ])
    for (const error of errors) {
      expect(error).to.be.instanceOf(FramingError).and.include(place)
      expect(error.name).to.equal(error.constructor.name)
    }
  })

  it('keep their cause, and say nothing where there is none', () => {
    const cause = new Error('reset')
    expect(new PeerError('ERR_PEER_GONE', 'Cannot ask', { cause })).to.have.property('cause', cause)
    expect(new PeerError('ERR_TIMEOUT', 'Cannot wait', { phase: 'idle' })).not.to.have.property('cause')
  })
})
