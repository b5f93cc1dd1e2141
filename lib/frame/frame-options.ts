import { assertBytes, ByteView, describe } from './bytes.js'
import { type LengthField, uint32be } from './length-field.js'

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

/** {@link FrameOptions} with every default filled in and every check passed. */
export interface FrameLayout {
  readonly lengthField: LengthField
  readonly lengthFieldOffset: number
  readonly lengthAdjustment: number
  /** Bytes removed from the front; `undefined` where that depends on how long a length field of varying size is. */
  readonly strip: number | undefined
  /** Bytes up to the end of the length field; `undefined` where the field varies in size. */
  readonly headerLength: number | undefined
  readonly trailer: Uint8Array
  readonly copy: boolean
  readonly maxMessageLength: number
}

const NO_TRAILER: Uint8Array = new ByteView(0)

/** {@link DecodeOptions} with every default filled in and every check passed. */
export interface DecodeLayout extends FrameLayout {
  readonly streamAbove: number
}

/** Longest message, in bytes, unless the options say another. */
export const DEFAULT_MAX_MESSAGE_LENGTH = 4_194_304

/**
 * Fills in the defaults and refuses what cannot work.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option is out of its range, or options cannot work together.
 */
export function resolveFrameOptions(options: FrameOptions = {}): FrameLayout {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new TypeError(`Cannot use options: expected an object, got ${describe(options)}`)
  }
  const {
    lengthField = uint32be,
    lengthFieldOffset = 0,
    lengthAdjustment = 0,
    initialBytesToStrip = 'header',
    trailer = NO_TRAILER,
    copy = false,
    maxMessageLength = DEFAULT_MAX_MESSAGE_LENGTH,
  } = options
  checkLengthField(lengthField)
  checkInteger('lengthFieldOffset', lengthFieldOffset, 0)
  checkInteger('lengthAdjustment', lengthAdjustment, -Number.MAX_SAFE_INTEGER)
  if (initialBytesToStrip !== 'header') checkInteger('initialBytesToStrip', initialBytesToStrip, 0)
  checkMaxMessageLength(maxMessageLength)
  if (typeof copy !== 'boolean') throw new TypeError(`Cannot use copy: expected a boolean, got ${describe(copy)}`)

  assertBytes(trailer, 'use trailer')
  const fixed = lengthField.minSize === lengthField.maxSize
  if (!fixed && typeof lengthField.measure !== 'function') {
    throw new TypeError(`Cannot use lengthField ${lengthField.name}: it varies in size, but cannot measure`)
  }

  const headerLength = fixed ? lengthFieldOffset + lengthField.maxSize : undefined
  const strip = initialBytesToStrip === 'header' ? headerLength : initialBytesToStrip
  const layout = {
    lengthField,
    lengthFieldOffset,
    lengthAdjustment,
    strip,
    headerLength,
    trailer,
    copy,
    maxMessageLength,
  }
  checkTogether(layout)
  return layout
}

const layouts = new WeakMap<DecodeOptions, DecodeLayout>()

/** The same for decoding. Options that are frozen are resolved once: the decoders of all peers share a layout. */
export function resolveDecodeOptions(options: DecodeOptions = {}): DecodeLayout {
  if (!Object.isFrozen(options)) return resolveAnew(options)
  const layout = layouts.get(options) ?? resolveAnew(options)
  layouts.set(options, layout)
  return layout
}

function resolveAnew(options: DecodeOptions): DecodeLayout {
  const { lengthField, lengthFieldOffset, lengthAdjustment, strip, headerLength, trailer, copy, maxMessageLength } =
    resolveFrameOptions(options)
  const { streamAbove = Infinity } = options
  if (streamAbove !== Infinity) checkInteger('streamAbove', streamAbove, 0)
  // Written out, since spreading puts half of it outside of the object: reading a small message would take 1.4 times as long.
  return {
    lengthField,
    lengthFieldOffset,
    lengthAdjustment,
    strip,
    headerLength,
    trailer,
    copy,
    maxMessageLength,
    streamAbove,
  }
}

/** @throws {TypeError | RangeError} If it is neither an integer of at least 1 nor `Infinity`. */
export function checkMaxMessageLength(length: number): void {
  if (length !== Infinity) checkInteger('maxMessageLength', length, 1)
}

function checkTogether({ lengthField, lengthFieldOffset, lengthAdjustment, strip, headerLength }: FrameLayout): void {
  const longestRest = lengthField.maxValue + lengthAdjustment
  if (longestRest < 0) {
    throw new RangeError(
      `Cannot use lengthAdjustment ${lengthAdjustment}: ${lengthField.name} says at most ${lengthField.maxValue}, which leaves a negative length`,
    )
  }
  if (strip === undefined) return
  // Where a field varies in size, a number of bytes could end inside the field, whose rest would mean nothing.
  if (headerLength === undefined && strip > lengthFieldOffset) {
    throw new RangeError(
      `Cannot use initialBytesToStrip ${strip}: ${lengthField.name} varies in size; strip 'header', or at most lengthFieldOffset (${lengthFieldOffset})`,
    )
  }
  if (headerLength !== undefined && strip > headerLength + longestRest) {
    throw new RangeError(
      `Cannot use initialBytesToStrip ${strip}: the longest frame that ${lengthField.name} can say has ${headerLength + longestRest} bytes`,
    )
  }
}

function checkInteger(name: string, value: unknown, least: number): void {
  if (typeof value !== 'number') {
    throw new TypeError(`Cannot use ${name}: expected a number, got ${describe(value)}`)
  }
  if (!Number.isSafeInteger(value) || value < least) {
    const range = least === -Number.MAX_SAFE_INTEGER ? '' : ` of at least ${least}`
    throw new RangeError(`Cannot use ${name}: expected an integer${range}, got ${value}`)
  }
}

function checkLengthField(field: unknown): asserts field is LengthField {
  const { minSize, maxSize, maxValue, ...methods } = (field ?? {}) as Partial<LengthField>
  const complete = [methods.sizeOf, methods.read, methods.write].every((f) => typeof f === 'function')
  if (!complete) throw new TypeError(`Cannot use lengthField: expected a LengthField, got ${describe(field)}`)
  checkInteger('lengthField.minSize', minSize, 1)
  checkInteger('lengthField.maxSize', maxSize, minSize!)
  checkInteger('lengthField.maxValue', maxValue, 1)
}
