import { pipe } from 'it-pipe'
import { decode, type FrameOptions } from '../index.js'
import { input } from './input.js'
import { layoutOf } from './layout-options.js'
import { type MessageFormat, toJson, toText } from './message-format.js'
import { output } from './output.js'

/** Prints a line for each message. */
export async function decodeCommand(file: string | undefined, options: FrameOptions & MessageFormat): Promise<void> {
  const format = options.json === true ? toJson : (message: Buffer) => toText(message, options)
  await pipe(
    input(file),
    (chunks) => decode(chunks, layoutOf(options)),
    async function* (messages) {
      for await (const message of messages) yield `${format(Buffer.from(message.subarray()))}\n`
    },
    output,
  )
}
