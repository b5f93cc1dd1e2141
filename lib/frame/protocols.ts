/**
 * Ready layouts of known protocols. Change one by spreading it: `{ ...protocols.bgp, maxMessageLength: 65_535 }`.
 *
 * A header that is only the length is stripped. Where other bytes stand before the length they mean something, and the
 * message is the whole frame. Messages are therefore never less than what the other side said.
 *
 * A limit is the one that the protocol states, or the one that its common software starts with; header bytes that are
 * kept are added to it. A preset without one has the library's, or what its length field can say if that is less.
 * @module
 */
import type { FrameOptions } from './frame-options.js'
import { uint16be, uint24be, uint24le, uint32be, uint32le, uint8 } from './length-field.js'
import { fastcgiLength } from './protocols/fastcgi-length.js'
import { varintOf } from './varint.js'

// The annotations in this file let bundlers leave out the presets that a program does not name.
/* @__NO_SIDE_EFFECTS__ */
function preset(options: FrameOptions): FrameOptions {
  return Object.freeze(options)
}

/** DNS over TCP and over TLS. RFC 1035 section 4.2.2, RFC 7766 section 8. */
export const dns: FrameOptions = preset({ lengthField: uint16be })

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

/**
 * Apache Kafka requests and responses.
 *
 * Kafka protocol guide, "Protocol Primitives" and "Common Request and Response Structure". The limit is what a broker
 * accepts unless configured otherwise, `socket.request.max.bytes`.
 */
export const kafka: FrameOptions = preset({ lengthField: uint32be, maxMessageLength: 104_857_600 })

/**
 * AMQP 0-9-1 frames, after the protocol header. The message is the frame without its end octet.
 *
 *     +- type: 1 -+- channel: 2 -+- size: 4 -+-- payload --+- end: CE -+
 *
 * AMQP 0-9-1 specification, section 4.2.3, "General Frame Format".
 */
export const amqp: FrameOptions = preset({
  lengthField: uint32be,
  lengthFieldOffset: 3,
  initialBytesToStrip: 0,
  trailer: /* @__PURE__ */ Uint8Array.of(0xce),
})

/**
 * MQTT control packets, versions 3.1.1 and 5. The message is the whole packet, from its type and flags.
 *
 *     +- type, flags: 1 -+- remaining length: 1 to 4 -+-- … --+
 *     |        30        |           80 01            |       |
 *
 * MQTT 5.0 sections 1.5.5 and 2.1, MQTT 3.1.1 section 2.2.
 */
export const mqtt: FrameOptions = preset({
  lengthField: /* @__PURE__ */ varintOf(4),
  lengthFieldOffset: 1,
  initialBytesToStrip: 0,
})

/** SMPP PDUs. The message begins with the `command_id`. SMPP 3.4 section 3.2. */
export const smpp: FrameOptions = preset({ lengthField: uint32be, lengthAdjustment: -4 })

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

/**
 * TPKT: ISO transport on TCP, with which RDP, H.323 and S7 begin. The message is the whole packet, from its version.
 *
 *     +- version: 03 -+- reserved: 1 -+- length: 2, counts all four -+-- TPDU --+
 *
 * RFC 1006 section 6.
 */
export const tpkt: FrameOptions = preset({
  lengthField: uint16be,
  lengthFieldOffset: 2,
  lengthAdjustment: -4,
  initialBytesToStrip: 0,
})

/**
 * BGP-4 messages. The message is the whole of it, from its marker, which the receiver has to check.
 *
 *     +- marker: 16, all FF -+- length: 2, counts all 19 -+- type: 1 -+-- … --+
 *
 * RFC 4271 section 4.1, which also states the limit. With extended messages (RFC 8654) it is 65,535.
 */
export const bgp: FrameOptions = preset({
  lengthField: uint16be,
  lengthFieldOffset: 16,
  lengthAdjustment: -18,
  initialBytesToStrip: 0,
  maxMessageLength: 4096,
})

/**
 * Bitcoin peer-to-peer messages, before BIP 324. The message is the whole of it, from its magic; the checksum is the
 * caller's.
 *
 *     +- magic: 4 -+- command: 12 -+- length: 4, little-endian -+- checksum: 4 -+-- payload --+
 *
 * Bitcoin developer reference, "P2P Network", "Message Headers". The limit is Bitcoin Core's
 * `MAX_PROTOCOL_MESSAGE_LENGTH`, and the 24 bytes before the payload.
 */
export const bitcoin: FrameOptions = preset({
  lengthField: uint32le,
  lengthFieldOffset: 16,
  lengthAdjustment: 4,
  initialBytesToStrip: 0,
  maxMessageLength: 24 + 4_000_000,
})

/** BitTorrent peer wire, after the handshake. An empty message is a keep-alive. BEP 3, "peer messages". */
export const bittorrent: FrameOptions = preset({ lengthField: uint32be })

/**
 * Protocol Buffers, each message behind its length: `writeDelimitedTo` in Java, `SerializeDelimitedToOstream` in C++.
 *
 * Protocol Buffers documentation, "Techniques", "Streaming Multiple Messages", and "Encoding", "Base 128 Varints". Such
 * a length is at most 2^31 - 1, which takes five bytes.
 */
export const protobufDelimited: FrameOptions = preset({ lengthField: /* @__PURE__ */ varintOf(5) })

/**
 * Apache Thrift, framed transport.
 *
 * Thrift specification, "Thrift Remote Procedure Call", "Framed vs. unframed transport". The limit is the
 * `DEFAULT_MAX_FRAME_SIZE` of "Thrift TConfiguration".
 */
export const thrift: FrameOptions = preset({ lengthField: uint32be, maxMessageLength: 16_384_000 })

/** Erlang `{packet, 1}`, for sockets and ports. Erlang/OTP documentation, `inet:setopts/2`, `open_port/2`. */
export const erlangPacket1: FrameOptions = preset({ lengthField: uint8 })

/** Erlang `{packet, 2}`, for sockets and ports. Erlang/OTP documentation, `inet:setopts/2`, `open_port/2`. */
export const erlangPacket2: FrameOptions = preset({ lengthField: uint16be })

/** Erlang `{packet, 4}`, for sockets and ports. Erlang/OTP documentation, `inet:setopts/2`, `open_port/2`. */
export const erlangPacket4: FrameOptions = preset({ lengthField: uint32be })
