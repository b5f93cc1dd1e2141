import type { Command } from 'commander'
import { FrameEncoder } from '../index.js'
import { input, nameOfInput } from './input.js'
import { layoutOf, type LayoutFlags, longestMessage } from './layout.js'
import { addLayoutOptions } from './layout-options.js'
import { LineReader } from './line-reader.js'
import { print } from './print.js'
import { readWhole } from './read-whole.js'
import type { Terminal } from './terminal.js'

interface EncodeFlags extends LayoutFlags {
  readonly hex?: boolean
  /** Whether all of the input is one message, instead of each line. */
  readonly whole?: boolean
}

/** Adds `encode` to the program. */
export function addEncodeCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('encode')
    .summary('turn lines into frames')
    .description('Writes a frame for each line.')
    .argument('[file]', 'what to read (default: stdin)')
    .option('--hex', 'the input is hex')
    .option('--whole', 'the whole input is one message')
    .action((file: string | undefined, flags: EncodeFlags) => encode(terminal, file, flags))
  addLayoutOptions(command)
}

async function encode(terminal: Terminal, file: string | undefined, flags: EncodeFlags): Promise<void> {
  const layout = layoutOf(flags)
  const encoder = new FrameEncoder(layout)
  const chunks = input(terminal, file)
  const options = { limit: longestMessage(layout), hex: flags.hex === true }
  if (flags.whole === true) {
    await print(terminal, encoder.encode(await readWhole(chunks, nameOfInput(file), options)))
    return
  }
  const reader = new LineReader(options)
  for await (const chunk of chunks) await printFrames(terminal, encoder, reader.read(chunk))
  await printFrames(terminal, encoder, reader.end())
}

/** Prints the frames of these messages together, up to the first one that cannot be encoded, whose error it throws. */
async function printFrames(
  terminal: Terminal,
  encoder: FrameEncoder,
  messages: Iterable<Buffer | Error>,
): Promise<void> {
  const frames: Uint8Array[] = []
  try {
    for (const message of messages) {
      if (message instanceof Error) throw message
      frames.push(encoder.encode(message))
    }
  } finally {
    await print(terminal, Buffer.concat(frames))
  }
}
