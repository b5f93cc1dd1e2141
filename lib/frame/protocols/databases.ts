/** Layouts of database protocols. @module */
import type { FrameOptions } from '../frame-options.js'
import { uint24le, uint32be, uint32le } from '../length-field.js'
import { preset } from './preset.js'

/**
 * PostgreSQL protocol 3, both directions, after the start-up message. The message begins with its type byte.
 *
 *     +- type: 1 -+- length: 4, counts itself -+-- … --+
 *     |  51 ("Q") |         00 00 00 0d        |       |
 *
 * PostgreSQL documentation, "Frontend/Backend Protocol", "Message Formats".
 */
export const postgres: FrameOptions = preset({
  lengthField: uint32be,
  lengthFieldOffset: 1,
  lengthAdjustment: -4,
  initialBytesToStrip: 0,
})

/**
 * What a PostgreSQL client says first: StartupMessage, SSLRequest, GSSENCRequest or CancelRequest. No type byte: the
 * message begins with the protocol version, or with the code of the request.
 *
 * PostgreSQL documentation, "Message Formats". The limit is the server's `MAX_STARTUP_PACKET_LENGTH`, which does not
 * count the length.
 */
export const postgresStartup: FrameOptions = preset({
  lengthField: uint32be,
  lengthAdjustment: -4,
  maxMessageLength: 10_000,
})

/**
 * MySQL and MariaDB packets. The message begins with the sequence number, which the length does not count.
 *
 *     +- length: 3, little-endian -+- sequence: 1 -+-- payload --+
 *     |          09 00 00          |       00      |             |
 *
 * MySQL source documentation, "Protocol::Packet". The limit is the longest packet: 2^24 - 1 bytes, and the sequence number.
 */
export const mysql: FrameOptions = preset({
  lengthField: uint24le,
  lengthAdjustment: 1,
  maxMessageLength: 1 + 0xff_ffff,
})

/**
 * MongoDB wire protocol. The message begins with the `requestID`.
 *
 * MongoDB manual, "Wire Protocol", "Standard Message Header". The limit is the server's `maxMessageSizeBytes`, less the
 * four bytes of length that it counts.
 */
export const mongodb: FrameOptions = preset({
  lengthField: uint32le,
  lengthAdjustment: -4,
  maxMessageLength: 48_000_000 - 4,
})
