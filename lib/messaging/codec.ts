/** What a message is to its handlers. */
export type MessageType = string | number

/** Turns messages into typed data and back. */
export interface Codec<Data> {
  /** Reads a message. What it throws is reported, and the message goes to no handler. */
  parse(message: Buffer): { readonly type: MessageType; readonly data: Data }
  /** Writes a message. */
  serialise(type: MessageType, data: Data): Uint8Array
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
