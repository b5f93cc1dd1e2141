import { Readable } from 'node:stream'
import { expect } from 'chai'
import { LengthPrefixDecoder } from '../../lib/index.js'
import { hex } from '../support/bytes.js'
import { bytesOf, run, start } from './session.js'
import { MemoryTerminal } from './memory-terminal.js'

const LENGTH_FIELDS = {
  uint8: '02 68 69',
  uint16be: '00 02 68 69',
  uint16le: '02 00 68 69',
  uint24be: '00 00 02 68 69',
  uint24le: '02 00 00 68 69',
  uint32be: '00 00 00 02 68 69',
  uint32le: '02 00 00 00 68 69',
  uint48be: '00 00 00 00 00 02 68 69',
  uint48le: '02 00 00 00 00 00 68 69',
  uint64be: '00 00 00 00 00 00 00 02 68 69',
  uint64le: '02 00 00 00 00 00 00 00 68 69',
  varint: '02 68 69',
}

describe('lengthwise decode', () => {
  const frames = hex('00 00 00 02 68 69  00 00 00 00  00 00 00 03 1b 0a ff')

  it('prints a line for each message, and escapes what is no text', async () => {
    const { stdout } = await run(['decode'], frames)
    expect(stdout).to.equal('hi\n\n\\x1b\\n\\xff\n')
  })

  it('prints hex', async () => {
    const { stdout } = await run(['decode', '--hex'], frames)
    expect(stdout).to.equal('68 69\n\n1b 0a ff\n')
  })

  it('prints JSON, with the text of messages that have one', async () => {
    const { stdout } = await run(['decode', '--json'], frames)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).to.deep.equal([
      { event: 'message', data: 'aGk=', text: 'hi' },
      { event: 'message', data: '', text: '' },
      { event: 'message', data: 'Gwr/' },
    ])
  })

  for (const [name, frame] of Object.entries(LENGTH_FIELDS)) {
    it(`reads what encode writes with ${name}`, async () => {
      expect(await bytesOf(['encode', '--length-field', name], 'hi\n')).to.deep.equal(Buffer.from(hex(frame)))
      const { stdout } = await run(['decode', '--length-field', name], hex(frame))
      expect(stdout).to.equal('hi\n')
    })
  }

  it('keeps the header when told to', async () => {
    const { stdout } = await run(['decode', '--hex', '--initial-bytes-to-strip', '0'], frames.subarray(0, 6))
    expect(stdout).to.equal('00 00 00 02 68 69\n')
  })

  it('prints the messages before half a frame, and fails', async () => {
    expect(await run(['decode'], frames.subarray(0, 15))).to.deep.equal({
      stdout: 'hi\n\n',
      stderr: 'lengthwise: Cannot read frame at offset 10: stream ended after 5 of 7 bytes\n',
      exitCode: 1,
    })
  })

  it('prints the messages before a length above the limit, and fails', async () => {
    expect(await run(['decode', '--max-message-length', '2'], frames)).to.deep.equal({
      stdout: 'hi\n\n',
      stderr: 'lengthwise: Cannot read message of the frame at offset 10: length is 3, limit is 2\n',
      exitCode: 1,
    })
  })

  it('prints the messages before a fault of its input', async () => {
    const terminal = new MemoryTerminal()
    const program = start(['decode'], terminal)
    terminal.keyboard.write(frames.subarray(0, 6))
    await program.printed()
    terminal.stdin.destroy(Object.assign(new Error('read EIO'), { code: 'EIO', errno: -5 }))
    expect(await program.ended).to.deep.equal({
      stdout: 'hi\n',
      stderr: 'lengthwise: Cannot read stdin: i/o error (EIO)\n',
      exitCode: 1,
    })
  })

  it('has no limit when told so', async () => {
    const long = Buffer.concat([hex('00 50 00 00'), Buffer.alloc(0x50_0000, 'a')])
    const { stdout, exitCode } = await run(['decode', '--max-message-length', 'infinity'], long)
    expect({ length: stdout.length, exitCode }).to.deep.equal({ length: 0x50_0001, exitCode: 0 })
  })

  it('prints nothing for no input', async () => {
    expect(await run(['decode'])).to.deep.equal({ stdout: '', stderr: '', exitCode: 0 })
  })

  it('prints messages while its input goes on', async () => {
    await using program = start(['decode'])
    program.type(frames.subarray(0, 6))
    expect(await program.printed()).to.equal('hi')
    program.endInput()
    expect((await program.ended).exitCode).to.equal(0)
  })

  describe('with 200,000 messages of a byte', () => {
    const input = Buffer.alloc(1_000_000)
    for (let i = 0; i < input.length; i += 5) input.set([0, 0, 0, 1, 0x61 + (i % 26)], i)

    const chunks = Array.from({ length: Math.ceil(input.length / 65_536) }, (_, i) =>
      input.subarray(i * 65_536, (i + 1) * 65_536),
    )

    async function timeOf(
      work: (terminal: MemoryTerminal) => Promise<unknown>,
    ): Promise<{ ms: number; terminal: MemoryTerminal }> {
      const terminal = new MemoryTerminal(Readable.from(chunks, { objectMode: false }))
      const startedAt = performance.now()
      await work(terminal)
      return { ms: performance.now() - startedAt, terminal }
    }

    async function loop({ stdin, stdout }: MemoryTerminal): Promise<void> {
      for await (const batch of stdin.pipe(new LengthPrefixDecoder()).batches()) {
        stdout.write(batch.map((message) => `${message.toString()}\n`).join(''))
      }
    }

    it('prints those of a chunk together', async () => {
      const { terminal } = await timeOf((at) => start(['decode'], at).ended)
      expect(terminal.stdout.writes).to.be.at.most(chunks.length)
    })

    it('takes no more than three times as long as a loop over batches that prints the same', async () => {
      const ratios: number[] = []
      for (let round = 0; round < 5; round++) {
        const ours = await timeOf((at) => start(['decode'], at).ended)
        const loops = await timeOf(loop)
        expect(ours.terminal.stdout.bytes.equals(loops.terminal.stdout.bytes)).to.equal(true)
        ratios.push(ours.ms / loops.ms)
      }
      expect(Math.min(...ratios)).to.be.below(3)
    })
  })
})
