/** Transforms over readable-stream. @module */
export type { LongMessageSource } from './streams/encoder-input.js'
export { LengthPrefixDecoder } from './streams/length-prefix-decoder.js'
export type { DecoderIteratorOptions, LengthPrefixDecoderOptions } from './streams/length-prefix-decoder.js'
export { LengthPrefixEncoder } from './streams/length-prefix-encoder.js'
export type { LengthPrefixEncoderOptions } from './streams/length-prefix-encoder.js'
export { LongMessage } from './streams/long-message.js'
export type { MessageIterator } from './streams/message-iterator.js'
