import { pipe } from 'it-pipe'
import { encode, type FrameOptions } from '../index.js'
import { fromHex } from './hex.js'
import { input } from './input.js'
import { lines } from './lines.js'
import { layoutOf } from './layout-options.js'
import { output } from './output.js'

interface EncodeCommandOptions extends FrameOptions {
  readonly hex?: boolean
  /** Whether all of the input is one message, instead of each line. */
  readonly whole?: boolean
}

/** Writes a frame for each line. */
export async function encodeCommand(file: string | undefined, options: EncodeCommandOptions): Promise<void> {
  await pipe(
    input(file),
    options.whole === true ? join : lines,
    async function* (messages) {
      const frames = encode(options.hex === true ? mapFromHex(messages) : messages, layoutOf(options))
      for await (const frame of frames) yield frame.subarray()
    },
    output,
  )
}

async function* join(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  yield Buffer.concat(all)
}

async function* mapFromHex(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const line of lines) yield fromHex(line)
}
