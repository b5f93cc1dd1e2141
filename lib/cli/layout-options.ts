import type { Command } from 'commander'
import {
  protocols,
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
import { BYTE_UNITS, byteCount } from './byte-count.js'
import { choice } from './choice.js'
import { DEFAULT_LAYOUT } from './layout.js'

const LENGTH_FIELDS = Object.fromEntries(
  [
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
  ].map((field) => [field.name, field]),
)

const lengthField = choice(LENGTH_FIELDS)
const stripped = (text: string): number | 'header' => (text === 'header' ? text : byteCount(text))
const limit = (text: string): number => (/^inf(?:inity)?$/i.test(text) ? Infinity : byteCount(text))

/** Adds the options of a layout under the names that they have in the library: commander makes `LayoutFlags` of them. */
export function addLayoutOptions(command: Command): void {
  const { lengthField: field, ...standard } = DEFAULT_LAYOUT
  command
    .optionsGroup('Layout of a frame:')
    .option(
      '--protocol <name>',
      `begin with the layout of a protocol, which the options below change: ${Object.keys(protocols).join(', ')}`,
      choice(protocols),
    )
    .option(
      '--length-field <name>',
      `how the length is written: ${Object.keys(LENGTH_FIELDS).join(', ')} (default: ${field.name})`,
      lengthField,
    )
    .option(
      '--length-field-offset <bytes>',
      `bytes before the length field (default: ${standard.lengthFieldOffset})`,
      byteCount,
    )
    .option(
      '--length-adjustment <bytes>',
      'added to the value of the field to get the number of bytes after it: -4 for a field of 4 bytes that counts itself ' +
        `(default: ${standard.lengthAdjustment})`,
      byteCount,
    )
    .option(
      '--initial-bytes-to-strip <bytes>',
      'bytes removed from the front of a frame to make the message: a number, or header, which ends with the length field ' +
        `(default: ${standard.initialBytesToStrip})`,
      stripped,
    )
    .option(
      '--max-message-length <bytes>',
      `longest message accepted or sent: a number, or infinity (default: ${standard.maxMessageLength})`,
      limit,
    )
    .addHelpText('after', `\n${BYTE_UNITS}`)
}
