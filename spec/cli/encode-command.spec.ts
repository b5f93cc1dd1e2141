import { expect } from 'chai'
import { run, shell } from './lengthwise.js'

const OCTETS = 'od -An -v -tx1 -w100'

describe('lengthwise encode', () => {
  it('writes a frame for each line, empty lines included', async () => {
    const { stdout } = await shell(`printf 'hi\\n\\nyou' | lengthwise encode | ${OCTETS}`)
    expect(stdout).to.equal(' 00 00 00 02 68 69 00 00 00 00 00 00 00 03 79 6f 75')
  })

  it('reads hex', async () => {
    const { stdout } = await shell(`printf '00 ff\\n0A0b' | lengthwise encode --hex --length-field uint8 | ${OCTETS}`)
    expect(stdout).to.equal(' 02 00 ff 02 0a 0b')
  })

  it('takes the whole input for one message when told to', async () => {
    const { stdout } = await shell(`printf 'a\\nb\\n' | lengthwise encode --whole --length-field varint | ${OCTETS}`)
    expect(stdout).to.equal(' 04 61 0a 62 0a')
  })

  it('lays frames out as its options say', async () => {
    const { stdout } = await shell(
      'printf hi | lengthwise encode --length-field uint16le --length-field-offset 1 --length-adjustment -2 ' +
        `--initial-bytes-to-strip header | ${OCTETS}`,
    )
    expect(stdout).to.equal(' 00 04 00 68 69')
  })

  it('writes the frames before a line that it refuses', async () => {
    const { stdout, stderr, exitCode } = await shell(
      `set -o pipefail; printf 'a\\nbcd\\n' | lengthwise encode --max-message-length 2 | ${OCTETS}`,
    )
    expect({ stdout, stderr, exitCode }).to.deep.equal({
      stdout: ' 00 00 00 01 61',
      stderr: 'lengthwise: Cannot write message: length is 3, limit is 2',
      exitCode: 1,
    })
  })

  it('refuses what is no hex', async () => {
    const { stderr, exitCode } = await run(['encode', '--hex'], 'fg')
    expect({ stderr, exitCode }).to.deep.equal({
      stderr: 'lengthwise: Cannot read hex: expected two digits for each byte, got "fg"',
      exitCode: 1,
    })
  })

  it('names a file that it cannot read', async () => {
    const { stderr, exitCode } = await run(['encode', 'spec/no-such-file'])
    expect({ stderr, exitCode }).to.deep.equal({
      stderr: 'lengthwise: Cannot read spec/no-such-file: no such file or directory (ENOENT)',
      exitCode: 1,
    })
  })

  it('ends quietly when nobody reads on', async () => {
    const { stdout, stderr, exitCode } = await shell(`yes | lengthwise encode | head -c 5 | ${OCTETS}`)
    expect({ stdout, stderr, exitCode }).to.deep.equal({ stdout: ' 00 00 00 01 79', stderr: '', exitCode: 0 })
  })
})
