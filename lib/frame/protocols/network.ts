/** Layouts of protocols of the network itself, and of peers on it. @module */
import type { FrameOptions } from '../frame-options.js'
import { uint16be, uint32be, uint32le } from '../length-field.js'
import { preset } from './preset.js'

/** DNS over TCP and over TLS. RFC 1035 section 4.2.2, RFC 7766 section 8. */
export const dns: FrameOptions = preset({ lengthField: uint16be })

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
