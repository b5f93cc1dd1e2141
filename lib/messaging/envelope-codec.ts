import { nameOf } from '../arguments.js'
import { Checks, type SchemaOptions } from './checks.js'
import type { Codec, Parsed, RequestId } from './codec.js'

/** A way to write a value as bytes. */
export interface ValueFormat {
  /** Throws if it cannot write the value. */
  readonly encode: (value: object) => Uint8Array
  /** Throws if the bytes are no value. */
  readonly decode: (bytes: Buffer) => unknown
}

const TYPE = 'a type that is a string or a number'

/**
 * A codec whose messages are objects in some format: `{ type, data }`, with `request` and its id for a question, with
 * `reply` and the same id for an answer, and with `error` in place of `data` where there is none.
 */
export function envelopeCodec<Messages>(
  { encode, decode }: ValueFormat,
  options: SchemaOptions<Messages>,
): Codec<unknown, Messages> {
  const checks = new Checks(options)
  return {
    requests: true,
    parse: (message) => checks.check(open(decode(message))),
    // Without what is undefined: not every format leaves that out.
    serialise: (type, data, { request, reply, error } = {}) => {
      // The other side would refuse it.
      if (!isId(type)) throw new TypeError(`Cannot write message: expected ${TYPE}, got ${nameOf(type)}`)
      return encode({
        type,
        ...(data === undefined ? undefined : { data }),
        ...(request === undefined ? undefined : { request }),
        ...(reply === undefined ? undefined : { reply }),
        ...(error === undefined ? undefined : { error }),
      })
    },
  }
}

function open(value: unknown): Parsed<unknown> {
  if (typeof value !== 'object' || value === null) throw unreadable('an object', value)
  const { type, data, request, reply, error } = value as Partial<Record<keyof Parsed<unknown>, unknown>>
  if (!isId(type)) throw unreadable(TYPE, type)
  if (request !== undefined && !isId(request)) throw unreadable('the id of a request', request)
  // An error of something else than an answer says nothing.
  if (reply === undefined) return request === undefined ? { type, data } : { type, data, request }
  if (!isId(reply)) throw unreadable('the id of a reply', reply)
  if (error === undefined) return { type, data, reply }
  if (typeof error !== 'string') throw unreadable('an error that is a string', error)
  return { type, data: undefined, reply, error }
}

function isId(value: unknown): value is RequestId {
  return typeof value === 'string' || typeof value === 'number'
}

function unreadable(expected: string, value: unknown): TypeError {
  return new TypeError(`Cannot read message: expected ${expected}, got ${nameOf(value)}`)
}
