/** A codec for nodes that writes MessagePack. Needs msgpackr. @module */
export { msgpackCodec } from './engines/msgpack-codec.js'
export type { SchemaOptions } from './messaging/checks.js'
