/** Layouts of protocols of the web, of its servers and browsers. @module */
import type { FrameOptions } from '../frame-options.js'
import { uint16be, uint24be, uint32be, uint32le } from '../length-field.js'
import { fastcgiLength } from './fastcgi-length.js'
import { preset } from './preset.js'

/**
 * gRPC messages, in the body of an HTTP/2 request or response. The message begins with the compressed flag.
 *
 *     +- compressed: 1 -+- length: 4 -+-- message --+
 *     |        00       | 00 00 00 07 |             |
 *
 * gRPC repository, "gRPC over HTTP2", "Length-Prefixed-Message". The limit is the 4 MiB with which gRPC libraries start,
 * and the five bytes before them.
 */
export const grpc: FrameOptions = preset({
  lengthField: uint32be,
  lengthFieldOffset: 1,
  initialBytesToStrip: 0,
  maxMessageLength: 5 + 4_194_304,
})

/**
 * HTTP/2 frames, after the connection preface. The message begins with the frame's type.
 *
 *     +- length: 3 -+- type: 1 -+- flags: 1 -+- stream: 4 -+-- payload --+
 *     |   00 00 06  |     04    |     00     | 00 00 00 00 |             |
 *
 * RFC 9113 section 4.1. The limit is the initial `SETTINGS_MAX_FRAME_SIZE` (section 6.5.2), and the six bytes before the
 * payload.
 */
export const http2: FrameOptions = preset({ lengthField: uint24be, lengthAdjustment: 6, maxMessageLength: 6 + 16_384 })

/**
 * TLS records. The message is the whole record, from its content type.
 *
 *     +- type: 1 -+- version: 2 -+- length: 2 -+-- fragment --+
 *
 * RFC 8446 section 5.1, RFC 5246 section 6.2. The limit is that of TLS 1.2, 2^14 + 2048 bytes, and the five before them;
 * TLS 1.3 allows 2^14 + 256.
 */
export const tls: FrameOptions = preset({
  lengthField: uint16be,
  lengthFieldOffset: 3,
  initialBytesToStrip: 0,
  maxMessageLength: 5 + 16_384 + 2048,
})

/**
 * FastCGI records. The message is the whole record with its padding; sending keeps the padding length that it states.
 *
 *     +- version: 1 -+- type: 1 -+- id: 2 -+- content length: 2 -+- padding length: 1 -+- reserved: 1 -+-- … --+
 *
 * FastCGI specification 1.0, section 3.3, "Records".
 */
export const fastcgi: FrameOptions = preset({
  lengthField: fastcgiLength,
  lengthFieldOffset: 4,
  lengthAdjustment: 1,
  initialBytesToStrip: 0,
})

/**
 * Native messaging, browser to host: what a host reads from its standard input.
 *
 * Chrome documentation and MDN, "Native messaging". The limit is Chrome's, 64 MiB; Firefox sends up to 4 GB. The length
 * is in native byte order, little-endian wherever these browsers run.
 */
export const nativeMessagingToHost: FrameOptions = preset({ lengthField: uint32le, maxMessageLength: 67_108_864 })

/**
 * Native messaging, host to browser: what a host writes to its standard output.
 *
 * Chrome documentation and MDN, "Native messaging". Both browsers refuse more than 1 MB.
 */
export const nativeMessagingFromHost: FrameOptions = preset({ lengthField: uint32le, maxMessageLength: 1_048_576 })
