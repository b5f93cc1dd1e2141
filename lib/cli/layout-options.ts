import { type Command, InvalidArgumentError } from 'commander'
import {
  type FrameOptions,
  type LengthField,
  uint16be,
  uint16le,
  uint24be,
  uint24le,
  uint32be,
  uint32le,
  uint48be,
  uint48le,
  uint64be,
  uint64le,
  uint8,
  varint,
} from '../index.js'

const LENGTH_FIELDS: readonly LengthField[] = [
  uint8,
  uint16be,
  uint16le,
  uint24be,
  uint24le,
  uint32be,
  uint32le,
  uint48be,
  uint48le,
  uint64be,
  uint64le,
  varint,
]
const NAMES = LENGTH_FIELDS.map(({ name }) => name).join(', ')

/** Adds an option for every option of a layout, under the same name: what commander makes of them is a `FrameOptions`. */
export function addLayoutOptions(command: Command): Command {
  return command
    .optionsGroup('Layout of a frame:')
    .option('--length-field <name>', `how the length is written: ${NAMES} (default: uint32be)`, lengthFieldOf)
    .option('--length-field-offset <bytes>', 'bytes before the length field (default: 0)', integerOf)
    .option(
      '--length-adjustment <bytes>',
      'added to the value of the field to get the number of bytes after it: -4 for a field of 4 bytes that counts itself (default: 0)',
      integerOf,
    )
    .option(
      '--initial-bytes-to-strip <bytes>',
      'bytes removed from the front of a frame to make the message: a number, or header, which ends with the length field (default: header)',
      (text) => (text === 'header' ? text : integerOf(text)),
    )
    .option(
      '--max-message-length <bytes>',
      'longest message accepted or sent: a number, or infinity (default: 4194304)',
      (text) => (text === 'infinity' ? Infinity : integerOf(text)),
    )
}

/** The layout among the options of a command: coders refuse what they do not know. */
export function layoutOf(options: FrameOptions): FrameOptions {
  const { lengthField, lengthFieldOffset, lengthAdjustment, initialBytesToStrip, maxMessageLength } = options
  return { lengthField, lengthFieldOffset, lengthAdjustment, initialBytesToStrip, maxMessageLength }
}

function lengthFieldOf(name: string): LengthField {
  const field = LENGTH_FIELDS.find((candidate) => candidate.name === name)
  if (field === undefined) throw new InvalidArgumentError(`Expected one of ${NAMES}`)
  return field
}

function integerOf(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError('Expected an integer')
  return Number(text)
}
