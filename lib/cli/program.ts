import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { addBenchCommand } from './bench-command.js'
import { addConnectCommand } from './connect-command.js'
import { addDecodeCommand } from './decode-command.js'
import { addEncodeCommand } from './encode-command.js'
import { complain } from './complain.js'
import { addListenCommand } from './listen-command.js'
import { nearest } from './nearest.js'
import { print } from './print.js'
import type { Terminal } from './terminal.js'

const EXAMPLES = `
An endpoint is a port (9000, of 127.0.0.1), host:port, tcp://host:port, tls://host:port or unix:/path.

Examples:
  lengthwise listen 9000                   talks to all who connect
  lengthwise connect 9000                  the other side, in another terminal
  echo hi | lengthwise connect 9000        sends a message, prints the answers, ends
  lengthwise connect unix:/run/x.sock --file photo.jpg
  lengthwise listen 9000 --tls --cert our.crt --key our.key
  lengthwise connect tls://localhost:9000 --ca our.crt
  lengthwise listen 9000 --json | jq 'select(.event == "message").text'
  lengthwise encode names.txt --length-field varint > names.bin
  lengthwise decode names.bin --length-field varint --hex
  lengthwise decode dump.bin --protocol mqtt --hex
  lengthwise bench --listen 0.0.0.0:9000   one end of a measurement
  lengthwise bench other-machine:9000      the other one

Exit codes: 0 done, 1 something failed, 2 wrong usage, 130 interrupted by Ctrl-C.`

/** Everything that can be typed, and its help. What `parseAsync` rejects with is to be complained about. */
export function createProgram(terminal: Terminal): Command {
  for (const stream of [terminal.stdout, terminal.stderr]) {
    stream.on('error', () => {
      // The callback of the write is told as well, and can say what was to be written.
    })
  }
  const program = new Command('lengthwise')
    .description('Sends, receives, encodes and decodes length-prefixed messages.')
    .exitOverride()
    .configureOutput({
      writeOut: helpPrinter(terminal),
      writeErr: (text) => void terminal.stderr.write(text),
      getOutHelpWidth: () => terminal.columns ?? 80,
      getErrHelpWidth: () => terminal.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      // Commander puts its guess at what was meant on a line of its own.
      outputError: (text, write) => write(text.replace(/^error:/, 'lengthwise: Cannot run:').replace('\n(', ' (')),
    })
    .addHelpText('after', EXAMPLES)
  addListenCommand(program, terminal)
  addConnectCommand(program, terminal)
  addEncodeCommand(program, terminal)
  addDecodeCommand(program, terminal)
  addBenchCommand(program, terminal)
  addVersion(program)
  addHelp(program)
  return program
}

/** Prints help, which comes in several writes. What goes wrong with them is said once. */
function helpPrinter(terminal: Terminal): (text: string) => void {
  let isBroken = false
  return (text) => {
    print(terminal, text).catch((error: unknown) => {
      if (!isBroken) complain(terminal, error)
      isBroken = true
    })
  }
}

function addVersion(program: Command): void {
  const version = readVersion()
  const printVersion = (): never => {
    program.configureOutput().writeOut?.(`${version}\n`)
    throw new CommanderError(0, 'commander.version', version)
  }
  program
    .option('-v, --version', 'print the version')
    // As commonly typed as the other one.
    .addOption(new Option('-V').hideHelp())
    .on('option:version', printVersion)
    .on('option:V', printVersion)
}

function addHelp(program: Command): void {
  program.addHelpText('before', ({ error }) => {
    // Commander answers `help foo`, `foo --help` and `--help decode` with the help of the program.
    const [name] = program.args.filter((arg) => arg !== 'help' && !arg.startsWith('-'))
    if (name !== undefined) helpWith(program, name)
    // It takes the bare name of the program for an error, but help is what is wanted.
    if (error) program.help()
    return ''
  })
}

function helpWith(program: Command, name: string): never {
  const names = program.commands.map((command) => command.name())
  if (names.includes(name)) program.commands[names.indexOf(name)]!.help()
  const meant = nearest(name, names)
  const guess = meant === undefined ? '' : ` (Did you mean ${meant}?)`
  program.error(`error: there is no command '${name}'${guess}`)
}

function readVersion(): string {
  // Just as far from dist/cli/ as from lib/cli/.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
