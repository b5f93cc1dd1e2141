import { encodeFrame } from '../../lib/frame.js'
import { itObeysTheLawsOfEncoders } from '../contract/encoder.js'
import { concat } from '../support/bytes.js'

describe('encodeFrame', () => {
  itObeysTheLawsOfEncoders(async (messages, options) =>
    concat(messages.map((message) => encodeFrame(message, options))),
  )
})
