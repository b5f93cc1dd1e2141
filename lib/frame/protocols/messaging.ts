/** Layouts of protocols that carry messages between programs. @module */
import type { FrameOptions } from '../frame-options.js'
import { uint16be, uint32be, uint8 } from '../length-field.js'
import { varintOf } from '../varint.js'
import { preset } from './preset.js'

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
