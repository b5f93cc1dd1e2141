import { MessageText, type TextOptions } from './message-text.js'
import { tooLong } from './too-long.js'

/**
 * All of an input as one message.
 *
 * @param name What errors call the input.
 * @throws {FramingError} `ERR_MESSAGE_TOO_LARGE`, as soon as it is too long: an input such as /dev/zero has no end.
 * @throws {Error} If it is no hex.
 */
export async function readWhole(chunks: AsyncIterable<Buffer>, name: string, options: TextOptions): Promise<Buffer> {
  const text = new MessageText(options)
  for await (const chunk of chunks) if (!text.add(chunk)) throw tooLong(name, options.limit)
  return text.take()
}
