import { expect } from 'chai'
import { toHex } from '../support/bytes.js'
import { Endless } from './endless.js'
import { MemoryTerminal } from './memory-terminal.js'
import { bytesOf, run, start } from './session.js'

const encoded = async (args: string, input: string): Promise<string> =>
  toHex(await bytesOf(['encode', ...args.split(' ').filter(Boolean)], input))

describe('lengthwise encode', () => {
  it('writes a frame for each line, empty lines included', async () => {
    expect(await encoded('', 'hi\n\nyou')).to.equal('00 00 00 02 68 69 00 00 00 00 00 00 00 03 79 6f 75')
  })

  it('reads hex', async () => {
    expect(await encoded('--hex --length-field uint8', '00 ff\n0A0b')).to.equal('02 00 ff 02 0a 0b')
  })

  it('takes the whole input for one message when told to', async () => {
    expect(await encoded('--whole --length-field varint', 'a\nb\n')).to.equal('04 61 0a 62 0a')
    expect(await encoded('--whole --hex --length-field varint', '00 ff\n0A0b\n')).to.equal('04 00 ff 0a 0b')
    expect(await encoded('--whole --length-field varint', '')).to.equal('00')
  })

  it('lays frames out as its options say', async () => {
    const options =
      '--length-field uint16le --length-field-offset 1 --length-adjustment -2 --initial-bytes-to-strip header'
    expect(await encoded(options, 'hi')).to.equal('00 04 00 68 69')
  })

  it('writes the frames before a line that it refuses', async () => {
    const program = start(['encode', '--max-message-length', '2'])
    program.terminal.keyboard.end('a\nbcd\ne\n')
    const { stderr, exitCode } = await program.ended
    expect(toHex(program.terminal.stdout.bytes)).to.equal('00 00 00 01 61')
    expect({ stderr, exitCode }).to.deep.equal({
      stderr:
        'lengthwise: Cannot read line 2: it is longer than 2 bytes (see --max-message-length and --length-field)\n',
      exitCode: 1,
    })
  })

  it('refuses a line that is no frame in this layout', async () => {
    const { stderr, exitCode } = await run(['encode', '--initial-bytes-to-strip', '0'], 'abc\n')
    expect({ stderr, exitCode }).to.deep.equal({
      stderr: 'lengthwise: Cannot write message: a length of 3 would make its length field say -1\n',
      exitCode: 1,
    })
  })

  it('refuses what is no hex', async () => {
    const { stderr, exitCode } = await run(['encode', '--hex'], 'fg')
    expect({ stderr, exitCode }).to.deep.equal({
      stderr: 'lengthwise: Cannot read hex: expected two digits for each byte, got "fg"\n',
      exitCode: 1,
    })
  })

  it('names a file that it cannot read', async () => {
    const { stderr, exitCode } = await run(['encode', 'spec/no-such-file'])
    expect({ stderr, exitCode }).to.deep.equal({
      stderr: 'lengthwise: Cannot read spec/no-such-file: no such file or directory (ENOENT)\n',
      exitCode: 1,
    })
  })

  it('reads a file, and stdin where it is called -', async () => {
    expect(await encoded('/dev/null', 'hi')).to.equal('')
    expect(await encoded('-', 'hi')).to.equal('00 00 00 02 68 69')
  })

  const LIMIT = 1_000_000
  for (const [what, options, says] of [
    ['a message', '--whole', 'stdin'],
    ['a line', '', 'line 1'],
    ['hex', '--whole --hex', 'stdin'],
    ['a line of hex', '--hex', 'line 1'],
  ] as const) {
    it(`stops reading ${what} without end at the limit`, async () => {
      const input = new Endless('0')
      const args = ['encode', ...options.split(' ').filter(Boolean), '--max-message-length', String(LIMIT)]
      const { stdout, stderr, exitCode } = await start(args, new MemoryTerminal(input)).ended
      expect(stderr).to.match(
        new RegExp(`^lengthwise: Cannot read ${says}: it is longer than ${LIMIT} bytes \\(see .*\\)\n$`),
      )
      expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 1 })
      expect(input.given).to.be.within(LIMIT, 2 * LIMIT + 200_000)
    })
  }

  it('stops reading /dev/zero at the limit', async () => {
    const { stderr, exitCode } = await run(['encode', '--whole', '/dev/zero'])
    expect(stderr).to.match(/^lengthwise: Cannot read \/dev\/zero: it is longer than 4194304 bytes /)
    expect(exitCode).to.equal(1)
  })

  it('needs no limit to stop at what the length field can say', async () => {
    const args = ['encode', '--whole', '--length-field', 'uint16be', '--max-message-length', 'infinity', '/dev/zero']
    const { stderr } = await run(args)
    expect(stderr).to.match(/^lengthwise: Cannot read \/dev\/zero: it is longer than 65535 bytes /)
  })

  it('encodes messages as long as the limit, and no longer', async () => {
    for (const args of ['', '--hex', '--whole', '--whole --hex']) {
      const letters = args.includes('hex') ? '61 ' : 'a'
      const options = `${args} --max-message-length 3`
      expect(await encoded(options, letters.repeat(3))).to.equal('00 00 00 03 61 61 61')
      expect(await encoded(options, letters.repeat(4))).to.equal('')
    }
  })

  it('writes the frames of a chunk together', async () => {
    const program = start(['encode'])
    program.terminal.keyboard.end('a\n'.repeat(1000))
    await program.ended
    expect(program.terminal.stdout.bytes.length).to.equal(5000)
    expect(program.terminal.stdout.writes).to.equal(1)
  })
})
