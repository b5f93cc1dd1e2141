import type { Untyped } from './messages.js'

/** What a message is to its handlers. */
export type MessageType = string | number

/** What an answer has in common with its question. Those of a node are numbers, and none is given twice. */
export type RequestId = string | number

/** What makes a message a question or an answer. */
export interface Marks {
  /** It is a question, and this is its id. */
  readonly request?: RequestId | undefined
  /** It is the answer to the question with this id. */
  readonly reply?: RequestId | undefined
  /** Why there is no answer; or, of a message that was read, why it is refused. Its data is `undefined` then. */
  readonly error?: string | undefined
}

/** What a codec reads in a message. */
export interface Parsed<Data> extends Marks {
  readonly type: MessageType
  readonly data: Data
}

/** Turns messages into typed data and back. */
export interface Codec<Data, Messages = Untyped<Data>> {
  /** Whether it carries {@link Marks}: without them there is no `request`. @default false */
  readonly requests?: boolean | undefined
  /** Never there: it carries the types of messages from the codec to its node. */
  readonly '~messages'?: Messages | undefined
  /** Reads a message. What it throws is reported, and the message goes to no handler. */
  parse(message: Buffer): Parsed<Data>
  /** Writes a message. An answer without a value, and one that is an error, has `undefined` as its data. */
  serialise(type: MessageType, data: Data, marks?: Marks): Uint8Array
}

/** Every message is of type 0, and its bytes are the data. */
export const rawCodec: Codec<Uint8Array> = {
  parse: (message) => ({ type: 0, data: message }),
  serialise: (type, data) => {
    if (type !== 0)
      throw new RangeError(`Cannot send message of type ${type}: without a codec, every message is of type 0`)
    return data
  },
}
