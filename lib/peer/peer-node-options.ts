import { checkFunction, nameOf } from '../arguments.js'
import type { DecodeOptions, EncodeOptions } from '../frame/frame-options.js'
import type { Codec } from './codec.js'
import type { Handlers } from './dispatcher.js'
import type { Address, Endpoint } from './endpoint.js'
import type { Logger } from './logger.js'
import type { Direction } from './peer.js'
import type { Transport } from './transport.js'

/** Who wants to become a peer. */
export interface PeerCandidate {
  /** Where the remote end is. */
  readonly address: Address
  readonly direction: Exclude<Direction, 'attached'>
}

/** How a node works. Times are milliseconds, limits are bytes. */
export interface PeerNodeOptions<Data = Uint8Array> {
  /** Where `start` and `startServer` listen. */
  readonly bind?: Endpoint | undefined
  /** Whom `start` dials. */
  readonly connect?: Endpoint | readonly Endpoint[] | undefined
  /** Handlers by message type. With any, messages go to handlers and not to `readRaw`. */
  readonly handlers?: Handlers<Data> | undefined
  /** What messages are to handlers and `sendMsg`. @default every message is of type 0, and its bytes are the data */
  readonly codec?: Codec<Data> | undefined
  /** Whether a candidate may become a peer; asked in both directions. What it throws is a no. @default everybody may */
  readonly goodPeer?: ((candidate: PeerCandidate) => boolean | Promise<boolean>) | undefined
  /** The layout of all frames. @default `uint32be` in front of every message */
  readonly framing?: (EncodeOptions & DecodeOptions) | undefined
  /** Closes a peer from which no message has come for so long. @default never */
  readonly timeoutMs?: number | undefined
  /** Time between two `tick` events. A node that ticks keeps its process alive until it is closed. @default no ticks */
  readonly tickIntervalMs?: number | undefined
  /** How long dialling may take, name look-up included. @default 10000 */
  readonly connectTimeoutMs?: number | undefined
  /** How long `goodPeer` may take. @default 10000 */
  readonly handshakeTimeoutMs?: number | undefined
  /** How long closing may take to send what waits. @default 5000 */
  readonly closeTimeoutMs?: number | undefined
  /**
   * A peer is paused when messages that cost more than this wait to be read; each costs its length and 64 bytes.
   * @default 1048576
   */
  readonly inboundLimit?: number | undefined
  /**
   * A peer is closed with `ERR_SLOW_CONSUMER` when something is sent to it while more than this waits, although `send`
   * has answered `false`. @default 16777216
   */
  readonly outboundLimit?: number | undefined
  /** Gets a sentence for what happens. @default silence */
  readonly logger?: Logger | undefined
}

/** {@link PeerNodeOptions} with every default filled in and every check passed. */
export interface PeerNodeSettings<Data> extends PeerNodeOptions<Data> {
  readonly transports: readonly Transport[]
  readonly connectTimeoutMs: number
  readonly handshakeTimeoutMs: number
  readonly closeTimeoutMs: number
  readonly inboundLimit: number
  readonly outboundLimit: number
}

// The longest time that setTimeout can wait; it takes longer ones for 1 ms.
const LONGEST_MS = 2 ** 31 - 1

/**
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If a time or a limit is out of range.
 */
export function resolvePeerNodeOptions<Data>(
  options: PeerNodeOptions<Data>,
  transports: readonly Transport[],
): PeerNodeSettings<Data> {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new TypeError(`Cannot use options: expected an object, got ${nameOf(options)}`)
  }
  const settings = {
    ...options,
    transports,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    closeTimeoutMs: options.closeTimeoutMs ?? 5_000,
    inboundLimit: options.inboundLimit ?? 1_048_576,
    outboundLimit: options.outboundLimit ?? 16_777_216,
  }
  for (const name of [
    'connectTimeoutMs',
    'handshakeTimeoutMs',
    'closeTimeoutMs',
    'timeoutMs',
    'tickIntervalMs',
  ] as const) {
    checkNumber(name, settings[name], LONGEST_MS)
  }
  checkNumber('inboundLimit', settings.inboundLimit, Infinity)
  checkNumber('outboundLimit', settings.outboundLimit, Infinity)
  if (options.goodPeer !== undefined) checkFunction('goodPeer', options.goodPeer)
  return settings
}

function checkNumber(name: string, value: number | undefined, most: number): void {
  if (value === undefined) return
  if (typeof value !== 'number') throw new TypeError(`Cannot use ${name}: expected a number, got ${nameOf(value)}`)
  if (!(value >= 1 && value <= most)) {
    throw new RangeError(`Cannot use ${name}: expected a number from 1 to ${most}, got ${value}`)
  }
}
