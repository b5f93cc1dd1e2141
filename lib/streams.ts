/** Transforms over readable-stream. @module */
export type { MessageIterator } from './async/message-iterator.js'
export type { LongMessageSource } from './frame/long-message.js'
export { LengthPrefixDecoder } from './streams/length-prefix-decoder.js'
export type { DecoderIteratorOptions, LengthPrefixDecoderOptions } from './streams/length-prefix-decoder.js'
export { LengthPrefixEncoder } from './streams/length-prefix-encoder.js'
export type { LengthPrefixEncoderOptions } from './streams/length-prefix-encoder.js'
export { LongMessage } from './streams/long-message-stream.js'
export { pipeInPlace } from './streams/pipe-in-place.js'
