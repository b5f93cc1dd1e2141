import type { SchemaOptions } from './checks.js'
import type { Codec } from './codec.js'
import { envelopeCodec } from './envelope-codec.js'
import type { MessageMap, Untyped } from './messages.js'

/**
 * Messages as JSON: `{"type":"add","data":[1,2]}`. It carries requests.
 *
 * `Messages` names the types, and what their data and their answers are; it types `handlers`, `addHandler`, `sendMsg` and
 * `request` of the node. The other side may break that promise: `schemas` hold it to it.
 *
 * @throws {TypeError} If an option is none, or a schema is no Standard Schema.
 * @example
 * interface Messages {
 *   add: { data: [number, number]; answer: number }
 *   chat: { data: string }
 * }
 * const node = new PeerNode({ codec: jsonCodec<Messages>() })
 * node.addHandler('add', (_from, _type, [one, other]) => one + other)
 */
export function jsonCodec<Messages extends MessageMap<Messages> = Untyped<unknown>>(
  options: SchemaOptions<Messages> = {},
): Codec<unknown, Messages> {
  return envelopeCodec(
    {
      encode: (value) => Buffer.from(JSON.stringify(value)),
      decode: (bytes) => JSON.parse(bytes.toString()) as unknown,
    },
    options,
  )
}
