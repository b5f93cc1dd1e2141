import { assertBytes } from '../arguments.js'
import { LongMessage } from '../streams/long-message-stream.js'
import type { Message } from './lane.js'

/**
 * Messages of a decoder that a subclass of a node has made: it may give them one at a time or in arrays, in bytes of any
 * kind.
 *
 * @throws {TypeError} If one is neither bytes nor a long message, such as the text that a splitter of lines gives.
 */
export function messagesOf(item: unknown): Message[] {
  return Array.isArray(item) ? item.map(messageOf) : [messageOf(item)]
}

function messageOf(item: unknown): Message {
  if (item instanceof LongMessage) return item
  assertBytes(item, 'read message of the decoder that createDecoder made')
  return Buffer.isBuffer(item) ? item : Buffer.from(item.buffer, item.byteOffset, item.length)
}
