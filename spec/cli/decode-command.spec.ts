import { expect } from 'chai'
import { hex } from '../support/bytes.js'
import { run, shell, start } from './lengthwise.js'

const LENGTH_FIELDS = [
  'uint8',
  'uint16be',
  'uint16le',
  'uint24be',
  'uint24le',
  'uint32be',
  'uint32le',
  'uint48be',
  'uint48le',
  'uint64be',
  'uint64le',
  'varint',
]

describe('lengthwise decode', () => {
  const frames = hex('00 00 00 02 68 69  00 00 00 00  00 00 00 03 1b 0a ff')

  it('prints a line for each message, and escapes what is no text', async () => {
    const { stdout } = await run(['decode'], frames)
    expect(stdout).to.equal('hi\n\n\\x1b\\n\\xff')
  })

  it('prints hex', async () => {
    const { stdout } = await run(['decode', '--hex'], frames)
    expect(stdout).to.equal('68 69\n\n1b 0a ff')
  })

  it('prints JSON, with the text of messages that have one', async () => {
    const { stdout } = await run(['decode', '--json'], frames)
    expect(stdout.split('\n').map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      { event: 'message', data: 'aGk=', text: 'hi' },
      { event: 'message', data: '', text: '' },
      { event: 'message', data: 'Gwr/' },
    ])
  })

  for (const name of LENGTH_FIELDS) {
    it(`reads back what encode has written with ${name}`, async () => {
      const line = 'x'.repeat(200)
      const { stdout } = await shell(
        `printf '%s\\n\\nhi' ${line} | lengthwise encode --length-field ${name} | lengthwise decode --length-field ${name}`,
      )
      expect(stdout).to.equal(`${line}\n\nhi`)
    })
  }

  it('keeps the header when told to', async () => {
    const { stdout } = await run(['decode', '--hex', '--initial-bytes-to-strip', '0'], frames.subarray(0, 6))
    expect(stdout).to.equal('00 00 00 02 68 69')
  })

  it('prints the messages before half a frame, and fails', async () => {
    expect(await run(['decode'], frames.subarray(0, 15))).to.deep.equal({
      stdout: 'hi\n',
      stderr: 'lengthwise: Cannot read frame at offset 10: stream ended after 5 of 7 bytes',
      exitCode: 1,
    })
  })

  it('prints the messages before a length above the limit, and fails', async () => {
    expect(await run(['decode', '--max-message-length', '2'], frames)).to.deep.equal({
      stdout: 'hi\n',
      stderr: 'lengthwise: Cannot read message of the frame at offset 10: length is 3, limit is 2',
      exitCode: 1,
    })
  })

  it('has no limit when told so', async () => {
    const long = Buffer.concat([hex('00 50 00 00'), Buffer.alloc(0x50_0000, 'a')])
    const { stdout, exitCode } = await run(['decode', '--max-message-length', 'infinity'], long)
    expect({ length: stdout.length, exitCode }).to.deep.equal({ length: 0x50_0000, exitCode: 0 })
  })

  it('prints nothing for no input', async () => {
    expect(await run(['decode'])).to.deep.equal({ stdout: '', stderr: '', exitCode: 0 })
  })

  it('prints messages while its input goes on', async () => {
    await using program = start('decode')
    program.type(frames.subarray(0, 6))
    expect(await program.printed()).to.equal('hi')
    program.endInput()
    expect((await program.ended).exitCode).to.equal(0)
  })

  it('ends quietly when nobody reads on', async () => {
    const { stdout, stderr, exitCode } = await shell('yes | lengthwise encode | lengthwise decode | head -1')
    expect({ stdout, stderr, exitCode }).to.deep.equal({ stdout: 'y', stderr: '', exitCode: 0 })
  })
})
