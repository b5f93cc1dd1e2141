import { assertBytes, checkBoolean, checkInteger, checkNumber, checkOptions, nameOf } from '../arguments.js'
import type { DecodeOptions, EncodeOptions } from './frame-options.js'
import { type LengthField, uint32be } from './length-field.js'
import { ByteView, copyOf } from './memory.js'

/** Every option that a coder of any kind reads: encoders and decoders accept each other's, so that both take one object. */
export interface CoderOptions extends EncodeOptions, DecodeOptions {
  /** Longest message body that packing copies, in bytes. @default 32768 */
  readonly copyLimit?: number | undefined
}

/** The names of all options. */
export const LAYOUT_OPTIONS: readonly string[] = [
  'lengthField',
  'lengthFieldOffset',
  'lengthAdjustment',
  'initialBytesToStrip',
  'trailer',
  'copy',
  'maxMessageLength',
  'header',
  'streamAbove',
  'copyLimit',
] satisfies readonly (keyof CoderOptions)[]

const NO_TRAILER: Uint8Array = new ByteView(0)

/** Longest message, in bytes, unless the options say another. */
export const DEFAULT_MAX_MESSAGE_LENGTH = 4_194_304

// pipe() does not cork: a message by reference costs two system calls, which is slower than copying up to here.
const COPY_LIMIT = 32_768

/**
 * Options with every default filled in and every check passed: a value, made once and shared by all coders of a layout.
 *
 * A class and no object literal that is spread, half of which would lie outside of the object: reading a small message would
 * take 1.4 times as long.
 */
export class FrameLayout {
  declare readonly lengthField: LengthField
  declare readonly lengthFieldOffset: number
  declare readonly lengthAdjustment: number
  /** Bytes removed from the front; `undefined` where that depends on how long a length field of varying size is. */
  declare readonly strip: number | undefined
  /** Bytes up to the end of the length field; `undefined` where the field varies in size. */
  declare readonly headerLength: number | undefined
  /** Most bytes that a header has. */
  declare readonly maxHeaderLength: number
  declare readonly trailer: Uint8Array
  declare readonly copy: boolean
  declare readonly hasTrailer: boolean
  declare readonly maxMessageLength: number
  /** Longest message that is not handed over in pieces; `Infinity` where none is. */
  declare readonly streamAbove: number
  declare readonly copyLimit: number
  /** What encoding puts in front of a message, outside the length field; `undefined` where that is nothing. */
  declare readonly template: Uint8Array | undefined

  /** Use {@link resolveLayout}, which shares what is resolved already. */
  constructor(options: CoderOptions) {
    checkOptions(options, LAYOUT_OPTIONS)
    const {
      lengthField = uint32be,
      lengthFieldOffset = 0,
      lengthAdjustment = 0,
      initialBytesToStrip = 'header',
      trailer = NO_TRAILER,
      copy = false,
      maxMessageLength = DEFAULT_MAX_MESSAGE_LENGTH,
      streamAbove = Infinity,
      copyLimit = COPY_LIMIT,
    } = options
    checkLengthField(lengthField)
    checkInteger('lengthFieldOffset', lengthFieldOffset, 0)
    checkInteger('lengthAdjustment', lengthAdjustment)
    if (initialBytesToStrip !== 'header') checkInteger('initialBytesToStrip', initialBytesToStrip, 0)
    assertBytes(trailer, 'use trailer')
    checkBoolean('copy', copy)
    checkMaxMessageLength(maxMessageLength)
    if (streamAbove !== Infinity) checkInteger('streamAbove', streamAbove, 0)
    checkNumber('copyLimit', copyLimit, 0, Infinity)

    this.lengthField = lengthField
    this.lengthFieldOffset = lengthFieldOffset
    this.lengthAdjustment = lengthAdjustment
    this.maxHeaderLength = lengthFieldOffset + lengthField.maxSize
    this.headerLength = lengthField.minSize === lengthField.maxSize ? this.maxHeaderLength : undefined
    this.strip = initialBytesToStrip === 'header' ? this.headerLength : initialBytesToStrip
    this.trailer = copyOf(trailer)
    this.copy = copy
    this.hasTrailer = trailer.length > 0
    this.maxMessageLength = maxMessageLength
    this.streamAbove = streamAbove
    this.copyLimit = copyLimit
    checkTogether(this)
    this.template = templateOf(options.header, this)
  }
}

/**
 * Fills in the defaults and refuses what cannot work.
 *
 * @throws {TypeError} If an option is unknown or has the wrong type.
 * @throws {RangeError} If an option is out of its range, or options cannot work together.
 */
export function resolveLayout(options: CoderOptions | FrameLayout = {}): FrameLayout {
  return options instanceof FrameLayout ? options : new FrameLayout(options)
}

/** @throws {TypeError | RangeError} If it is neither an integer of at least 1 nor `Infinity`. */
export function checkMaxMessageLength(length: number): void {
  if (length !== Infinity) checkInteger('maxMessageLength', length, 1)
}

function checkLengthField(field: unknown): asserts field is LengthField {
  const candidate = (field ?? {}) as Partial<LengthField>
  const { name, minSize, maxSize, maxValue } = candidate
  const isComplete = (['sizeOf', 'read', 'write'] as const).every((method) => typeof candidate[method] === 'function')
  if (!isComplete) throw new TypeError(`Cannot use lengthField: expected a LengthField, got ${nameOf(field)}`)
  checkInteger('lengthField.minSize', minSize, 1)
  checkInteger('lengthField.maxSize', maxSize, minSize)
  checkInteger('lengthField.maxValue', maxValue, 1)
  if (minSize !== maxSize && typeof candidate.measure !== 'function') {
    throw new TypeError(`Cannot use lengthField ${name}: it varies in size, but cannot measure`)
  }
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

function templateOf(header: Uint8Array | undefined, layout: FrameLayout): Uint8Array | undefined {
  const { lengthFieldOffset, strip = lengthFieldOffset } = layout
  if (header === undefined) {
    // Nothing but the field itself is put back: there is nothing to prepare.
    const isOnlyField = lengthFieldOffset === 0 && strip <= (layout.headerLength ?? 0)
    return isOnlyField || strip === 0 ? undefined : new ByteView(strip)
  }
  assertBytes(header, 'use header')
  if (header.length !== strip && !(header.length === lengthFieldOffset && strip === layout.headerLength)) {
    throw new RangeError(
      `Cannot use header: expected ${strip} bytes, as many as are stripped, got ${nameOf(header.length)}`,
    )
  }
  // All of it, since a field may look at the bytes that it is written over.
  const template = new ByteView(strip)
  template.set(header)
  return template
}
