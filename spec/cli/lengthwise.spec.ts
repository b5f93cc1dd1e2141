import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { run, shell } from './lengthwise.js'

describe('lengthwise', () => {
  it('shows help with examples', async () => {
    const { stdout, stderr, exitCode } = await run(['--help'])
    expect(stdout)
      .to.match(/^Usage: lengthwise/)
      .and.include('Examples:')
      .and.include('Exit codes:')
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
  })

  it('knows its version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string }
    expect(await run(['--version'])).to.deep.equal({ stdout: version, stderr: '', exitCode: 0 })
  })

  const refusals = {
    connect: "Cannot run: missing required argument 'endpoint'",
    'listen --hx': "Cannot run: unknown option '--hx' (Did you mean --hex?)",
    'decode --length-field-offset 1.5':
      "Cannot run: option '--length-field-offset <bytes>' argument '1.5' is invalid. Expected an integer",
    'encode --length-field uint8 --initial-bytes-to-strip 257':
      'Cannot use initialBytesToStrip 257: the longest frame that uint8 can say has 256 bytes',
  }
  for (const [line, reason] of Object.entries(refusals)) {
    it(`refuses ${line} with exit code 2`, async () => {
      expect(await run(line.split(' '))).to.deep.equal({ stdout: '', stderr: `lengthwise: ${reason}`, exitCode: 2 })
    })
  }

  it('names the length fields when it does not know one', async () => {
    const { stderr, exitCode } = await run(['decode', '--length-field', 'uint99'])
    expect(stderr).to.match(/'uint99' is invalid\. Expected one of uint8, uint16be, .*, varint$/)
    expect(exitCode).to.equal(2)
  })

  it('shows its help on stderr when nothing is asked of it', async () => {
    const { stdout, stderr, exitCode } = await run([])
    expect(stderr).to.match(/^Usage: lengthwise/)
    expect({ stdout, exitCode }).to.deep.equal({ stdout: '', exitCode: 2 })
  })

  it('says nothing when nobody reads it', async () => {
    expect(await shell('lengthwise --help | true')).to.deep.equal({ stdout: '', stderr: '', exitCode: 0 })
  })

  it('fails when its output cannot be written', async () => {
    expect(await shell('echo hi | lengthwise encode > /dev/full')).to.deep.equal({
      stdout: '',
      stderr: 'lengthwise: Cannot write output: no space left on device (ENOSPC)',
      exitCode: 1,
    })
  })
})
