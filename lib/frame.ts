/** Bytes in memory: needs nothing of Node. @module */
export { FramingError, FrameTruncatedError, LengthInvalidError, MessageTooLargeError } from './errors.js'
export type { FramingErrorCode, FramingErrorDetails } from './errors.js'
export { decodeFrames } from './frame/decode-frames.js'
export { berLength } from './frame/ber-length.js'
export { encodeFrame } from './frame/encode-frame.js'
export { FrameEncoder } from './frame/frame-encoder.js'
export type { DecodeOptions, EncodeOptions, FrameOptions } from './frame/frame-options.js'
export { FrameParser } from './frame/frame-parser.js'
export {
  uint8,
  uint16be,
  uint16le,
  uint24be,
  uint24le,
  uint32be,
  uint32le,
  uint48be,
  uint48le,
  uint64be,
  uint64le,
} from './frame/length-field.js'
export type { LengthField } from './frame/length-field.js'
export type { LongMessageHead } from './frame/long-message.js'
export * as protocols from './frame/protocols.js'
export { quicVarint } from './frame/quic-varint.js'
export { varint, varintOf } from './frame/varint.js'
