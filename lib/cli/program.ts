import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { connectCommand } from './connect-command.js'
import { decodeCommand } from './decode-command.js'
import { encodeCommand } from './encode-command.js'
import { addLayoutOptions } from './layout-options.js'
import { listenCommand } from './listen-command.js'

const EXAMPLES = `
An endpoint is a port (9000, of 127.0.0.1), host:port, tcp://host:port or unix:/path.

Examples:
  lengthwise listen 9000                   talks to whoever connects
  lengthwise connect 9000                  the other side, in another terminal
  echo hi | lengthwise connect 9000        sends a message, prints the answers, ends
  lengthwise connect unix:/run/x.sock --file photo.jpg
  lengthwise listen 9000 --json | jq 'select(.event == "message").text'
  lengthwise encode names.txt --length-field varint > names.bin
  lengthwise decode names.bin --length-field varint --hex

Exit codes: 0 done, 1 something failed, 2 wrong usage, 130 interrupted by Ctrl-C.`

/** Everything that can be typed, and its help. */
export function createProgram(): Command {
  const program = new Command('lengthwise')
    .description('Sends, receives, encodes and decodes length-prefixed messages.')
    .version(readVersion())
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      // Commander puts its guess at what was meant on a line of its own.
      outputError: (text, write) => write(text.replace(/^error:/, 'lengthwise: Cannot run:').replace('\n(', ' (')),
    })
  addPeerCommands(program)
  addByteCommands(program)
  return program
}

function addPeerCommands(program: Command): void {
  const listen = program
    .command('listen')
    .summary('talk to whoever connects')
    .description('Sends each line typed to all peers, once there are any, and prints each message behind its sender.')
    .argument('[endpoint]', 'where to listen (default: a free port)')
    .action(listenCommand)
  const connect = program
    .command('connect')
    .summary('talk to whoever listens')
    .description(
      'Sends each line typed to all peers, and prints each message behind its sender. The end of the input is told to ' +
        'the peers; what they still say is printed until they end too.',
    )
    .argument('<endpoint...>', 'whom to connect to')
    .action(connectCommand)
    .option('--keep-open', 'do not tell peers the end of the input: stay until they end')
  for (const command of [listen, connect]) {
    command
      .option('--file <path>', 'send a file as one message, instead of what is typed; can be repeated', collect)
      .option('--hex', 'type and print messages as hex')
      .option('--json', 'print messages and all else that happens as JSON, one object a line')
    addLayoutOptions(command)
  }
}

function addByteCommands(program: Command): void {
  const encode = program
    .command('encode')
    .summary('turn lines into frames')
    .description('Writes a frame for each line.')
    .argument('[file]', 'what to read (default: stdin)')
    .action(encodeCommand)
    .option('--hex', 'the input is hex')
    .option('--whole', 'the whole input is one message')
  const decode = program
    .command('decode')
    .summary('turn frames into lines')
    .description('Prints a line for each message. Control characters and bytes that are no text are escaped.')
    .argument('[file]', 'what to read (default: stdin)')
    .action(decodeCommand)
    .option('--hex', 'print messages as hex')
    .option('--json', 'print messages as JSON, with their bytes in base64')
  for (const command of [encode, decode]) addLayoutOptions(command)
}

function collect(path: string, paths: readonly string[] = []): string[] {
  return [...paths, path]
}

function readVersion(): string {
  // Just as far from dist/cli/ as from lib/cli/.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
