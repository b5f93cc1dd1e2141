import type { Command } from 'commander'
import { FrameParser } from '../index.js'
import { input } from './input.js'
import { layoutOf, type LayoutFlags } from './layout.js'
import { addLayoutOptions } from './layout-options.js'
import { type MessageFormat, toJson, toText } from './message-format.js'
import { print } from './print.js'
import type { Terminal } from './terminal.js'

type DecodeFlags = LayoutFlags & MessageFormat

/** Adds `decode` to the program. */
export function addDecodeCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('decode')
    .summary('turn frames into lines')
    .description(
      'Prints a line for each message. What a terminal would obey or not show, bytes that are no text and the backslash are ' +
        'escaped, as in \\n, \\x1b, \\u{202e} and \\\\, so that no two messages are printed alike.',
    )
    .argument('[file]', 'what to read (default: stdin)')
    .option('--hex', 'print messages as hex')
    .option('--json', 'print messages as JSON, with their bytes in base64')
    .action((file: string | undefined, flags: DecodeFlags) => decode(terminal, file, flags))
  addLayoutOptions(command)
}

async function decode(terminal: Terminal, file: string | undefined, flags: DecodeFlags): Promise<void> {
  const parser = new FrameParser(layoutOf(flags))
  const lineOf = flags.json === true ? toJson : (message: Buffer) => toText(message, flags)
  for await (const chunk of input(terminal, file)) {
    parser.append(chunk)
    let lines = ''
    try {
      // In Node the messages of a parser are Buffers.
      for (const message of parser) lines += `${lineOf(message as Buffer)}\n`
    } finally {
      // The messages before one that is refused, too.
      await print(terminal, lines)
    }
  }
  parser.end()
}
