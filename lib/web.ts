/** Streams of the web platform: need nothing of Node. @module */
export { LengthPrefixDecoderStream } from './web/length-prefix-decoder-stream.js'
export { LengthPrefixEncoderStream } from './web/length-prefix-encoder-stream.js'
