import type { Direction } from '../peer/peer.js'

/** What a {@link Logger} is told beside the sentence. Only those that say something of it are there. */
export interface LogFields {
  /** Id of the peer. */
  readonly peer?: string
  /** Where the remote end is, or the node listens: an address in words. */
  readonly address?: string
  /** Which side opened the connection. */
  readonly direction?: Direction
  /** Why: what a refusal is counted under, or the `code` of the error that ended a peer. */
  readonly reason?: string
  /** How many messages. */
  readonly count?: number
  /** How often an endpoint has been dialled again. */
  readonly attempt?: number
  /** When it is dialled next, in milliseconds from now. */
  readonly delayMs?: number
  /** The error itself, under the name for which pino writes its message and stack. */
  // eslint-disable-next-line id-denylist -- pino's name
  readonly err?: Error
}

type Log = (fields: LogFields, sentence: string) => void

/** Console- or pino-shaped. Only these levels are called, each with fields and a sentence. Left out levels are silent. */
export interface Logger {
  readonly debug?: Log
  readonly info?: Log
  readonly warn?: Log
  readonly error?: Log
}
