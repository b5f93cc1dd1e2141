import type { LengthField } from './length-field.js'

/**
 * Where the length of a frame is, and what of the frame is the message. The names are those of Netty's
 * `LengthFieldBasedFrameDecoder`.
 *
 *     +-- lengthFieldOffset --+-- length field --+-- the field's value + lengthAdjustment --+
 *     |      other bytes      |       00 05      |                 hello                    |
 *     +-------- initialBytesToStrip: 'header' ---+---------------- message -----------------+
 *
 * A `trailer` comes after that, and is no part of the message.
 */
export interface FrameOptions {
  /** How the length is written. @default uint32be */
  readonly lengthField?: LengthField | undefined
  /** Bytes before the length field, at least 0. @default 0 */
  readonly lengthFieldOffset?: number | undefined
  /**
   * Added to the field's value to get the number of bytes after the field: `-4` for a field of four bytes that counts
   * itself. @default 0
   */
  readonly lengthAdjustment?: number | undefined
  /**
   * Bytes removed from the front of a frame to make the message: `'header'` for everything up to the end of the length
   * field, or a number. `0` keeps the whole frame. @default 'header'
   */
  readonly initialBytesToStrip?: 'header' | number | undefined
  /**
   * Bytes that end every frame and that the length field does not count, such as AMQP's `CE`. Checked and removed when
   * decoding, put back when encoding. @default none
   */
  readonly trailer?: Uint8Array | undefined
  /**
   * Decoding: `true` gives each message memory of its own, instead of a view into the chunk it arrived in. A kept view
   * keeps its whole chunk alive, commonly 64 KiB. @default false
   */
  readonly copy?: boolean | undefined
  /**
   * Longest message accepted or sent, in bytes as delivered, at least 1. No limit is `Infinity`. @default 4194304
   */
  readonly maxMessageLength?: number | undefined
}

/** {@link FrameOptions} for encoding. */
export interface EncodeOptions extends FrameOptions {
  /**
   * The stripped bytes that encoding puts back in front of every message: those before the length field, or all of them
   * with any bytes at the field's place, which are overwritten. @default zeros
   */
  readonly header?: Uint8Array | undefined
}

/** {@link FrameOptions} for decoding. */
export interface DecodeOptions extends FrameOptions {
  /**
   * Messages longer than this many bytes are handed over in pieces, as they arrive, and never held in memory.
   * `maxMessageLength` holds for them too. @default no message is
   */
  readonly streamAbove?: number | undefined
}
