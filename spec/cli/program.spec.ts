import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { DEFAULT_LAYOUT } from '../../lib/cli/layout.js'
import { createProgram } from '../../lib/cli/program.js'
import { type LengthField, protocols } from '../../lib/index.js'
import { MemoryTerminal } from './memory-terminal.js'
import { bytesOf, run, start } from './session.js'

const { commands } = createProgram(new MemoryTerminal())
const names = commands.map((command) => command.name())

const refused = (reason: string) => ({ stdout: '', stderr: `lengthwise: ${reason}\n`, exitCode: 2 })

describe('lengthwise', () => {
  for (const line of ['', '--help', '-h', 'help']) {
    it(`shows its help when it is called as "lengthwise ${line}"`, async () => {
      const { stdout, stderr, exitCode } = await run(line.split(' ').filter(Boolean))
      expect(stdout)
        .to.match(/^Usage: lengthwise \[options\] \[command\]\n/)
        .and.include('Examples:')
        .and.include('Exit codes:')
      expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
    })
  }

  it('knows its version, however it is asked', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string }
    for (const flag of ['-v', '-V', '--version']) {
      expect(await run([flag])).to.deep.equal({ stdout: `${version}\n`, stderr: '', exitCode: 0 })
    }
  })

  for (const name of names) {
    it(`shows the help of ${name}, however it is asked`, async () => {
      for (const line of [
        [name, '--help'],
        [name, '-h'],
        ['help', name],
        ['--help', name],
      ]) {
        const { stdout, stderr, exitCode } = await run(line)
        expect(stdout).to.match(new RegExp(`^Usage: lengthwise ${name} `))
        expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
      }
    })

    // Both ends of a measurement are this program.
    if (name === 'bench') continue

    it(`documents a layout in the help of ${name}, with the defaults that it uses`, async () => {
      const help = (await run([name, '--help'])).stdout.replaceAll(/\s+/g, ' ')
      for (const [option, value] of Object.entries<string | number | LengthField>(DEFAULT_LAYOUT)) {
        const flag = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
        const standard = typeof value === 'object' ? value.name : String(value)
        expect(help).to.match(new RegExp(`--${flag} <\\w+> [^<]*\\(default: ${standard}\\)`))
      }
      for (const protocol of Object.keys(protocols)) expect(help).to.include(protocol)
      expect(help).to.include('kB, MB, GB and TB are powers of 1000; KiB, MiB, GiB and TiB are powers of 1024')
    })
  }

  it('offers nothing that does not exist', async () => {
    const texts = await Promise.all([run(['--help']), ...names.map((name) => run([name, '--help']))])
    for (const { stdout } of texts) expect(stdout).not.to.match(/memory:/)
  })

  const refusals = {
    connect: "Cannot run: missing required argument 'endpoint'",
    foo: "Cannot run: unknown command 'foo'",
    conect: "Cannot run: unknown command 'conect' (Did you mean connect?)",
    'help foo': "Cannot run: there is no command 'foo'",
    'help conect': "Cannot run: there is no command 'conect' (Did you mean connect?)",
    'foo --help': "Cannot run: there is no command 'foo'",
    'listen --hx': "Cannot run: unknown option '--hx' (Did you mean --hex?)",
    'decode a b': "Cannot run: too many arguments for 'decode'. Expected 1 argument but got 2.",
    'decode --length-field-offset 1.5':
      "Cannot run: option '--length-field-offset <bytes>' argument '1.5' is invalid. Expected a whole number of bytes, such as 4096, 4kB or 4KiB",
    'decode --length-field-offset infinity':
      "Cannot run: option '--length-field-offset <bytes>' argument 'infinity' is invalid. Expected a whole number of bytes, such as 4096, 4kB or 4KiB",
    'decode --max-message-length 0': 'Cannot use maxMessageLength: expected an integer of at least 1, got 0',
    'encode --length-field uint8 --initial-bytes-to-strip 257':
      'Cannot use initialBytesToStrip 257: the longest frame that uint8 can say has 256 bytes',
  }
  for (const [line, reason] of Object.entries(refusals)) {
    it(`refuses ${line}`, async () => {
      expect(await run(line.split(' '))).to.deep.equal(refused(reason))
    })
  }

  it('names the length fields when it does not know one', async () => {
    const { stderr, exitCode } = await run(['decode', '--length-field', 'uint23be'])
    expect(stderr).to.match(
      /'uint23be' is invalid\. Expected one of uint8, uint16be, .*, varint \(Did you mean uint24be\?\)\n$/,
    )
    expect(exitCode).to.equal(2)
  })

  it('names the protocols when it does not know one', async () => {
    const { stderr, exitCode } = await run(['listen', '--protocol', 'postgrs'])
    expect(stderr).to.match(/'postgrs' is invalid\. Expected one of amqp, .*, tpkt \(Did you mean postgres\?\)\n$/)
    expect(exitCode).to.equal(2)
  })

  it('takes a protocol for its layout, which other options change', async () => {
    const query = Buffer.from('Q\0\0\0\x0dSELECT 1\0')
    expect((await run(['decode', '--protocol', 'postgres'], query)).stdout).to.equal(
      'Q\\x00\\x00\\x00\\x0dSELECT 1\\x00\n'.replace('\\x0d', '\\r'),
    )
    const changed = ['decode', '--initial-bytes-to-strip', '5', '--protocol', 'postgres']
    expect((await run(changed, query)).stdout).to.equal('SELECT 1\\x00\n')
    expect(await bytesOf(['encode', '--protocol', 'erlang-packet-2'], 'hi\n')).to.deep.equal(Buffer.from('\0\x02hi'))
  })

  it('takes bytes with a unit', async () => {
    const line = 'a'.repeat(4001)
    expect((await run(['encode', '--max-message-length', '4kB'], line)).stderr).to.include('longer than 4000 bytes')
    expect((await run(['encode', '--max-message-length', '4KiB'], line)).exitCode).to.equal(0)
    expect((await run(['encode', '--max-message-length', 'Infinity'], line)).exitCode).to.equal(0)
  })

  for (const args of [['--help'], ['decode', '--help'], ['--version'], ['encode', 'package.json']]) {
    it(`says nothing when the reader of ${args.join(' ')} has gone`, async () => {
      const terminal = new MemoryTerminal()
      terminal.stdout.breakWith('EPIPE')
      expect(await start(args, terminal).ended).to.deep.equal({ stdout: '', stderr: '', exitCode: 0 })
    })

    it(`fails when ${args.join(' ')} cannot be written`, async () => {
      const terminal = new MemoryTerminal()
      terminal.stdout.breakWith('ENOSPC')
      expect(await start(args, terminal).ended).to.deep.equal({
        stdout: '',
        stderr: 'lengthwise: Cannot write output: no space left on device (ENOSPC)\n',
        exitCode: 1,
      })
    })
  }
})
