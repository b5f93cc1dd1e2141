import { FramingError } from '../index.js'

/** Says that an input is longer than a message may be. By how much is not known: it may have no end. */
export function tooLong(what: string, limit: number): FramingError {
  return new FramingError('ERR_MESSAGE_TOO_LARGE', `Cannot read ${what}: it is longer than ${limit} bytes`, {
    limit,
    hint: 'see --max-message-length and --length-field',
  })
}
