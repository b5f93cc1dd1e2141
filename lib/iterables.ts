/** Functions for it-pipe over Uint8ArrayList. @module */
export { decode } from './iterables/decode.js'
export type { AsyncDecodedLongMessage, DecodedLongMessage } from './iterables/decode.js'
export { encode } from './iterables/encode.js'
export type { AsyncLongMessagePieces, Bytes, LongMessagePieces } from './iterables/bytes.js'
