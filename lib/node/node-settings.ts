import { checkBoolean, checkFunction, checkNumber, checkOptions, nameOf } from '../arguments.js'
import type { GoodPeer } from '../door/candidate.js'
import type { DoorSettings } from '../door/door.js'
import { type FrameLayout, LAYOUT_OPTIONS, resolveLayout } from '../frame/frame-layout.js'
import { type Codec, type MessageType, rawCodec } from '../messaging/codec.js'
import type { Handler, Handlers } from '../messaging/dispatcher.js'
import type { Logger } from '../observe/logger.js'
import { type Overflow, OVERFLOWS } from '../peer/overflow.js'
import type { PeerSettings } from '../peer/peer-owner.js'
import { type Endpoint, resolveEndpoint } from '../transports/endpoint.js'
import { checkTls, type TlsSettings } from '../transports/tls-options.js'
import type { Transport } from '../transports/transport.js'
import { DOOR_NAMES, resolveDoorOptions } from './door-settings.js'
import type { PeerNodeOptions } from './node-options.js'

/** {@link PeerNodeOptions} with every default filled in and every check passed. */
export interface NodeSettings<Data> extends PeerSettings, DoorSettings {
  readonly goodPeer: GoodPeer | undefined
  readonly layout: FrameLayout
  readonly codec: Codec<Data>
  readonly handlers: readonly (readonly [MessageType, Handler<Data>])[]
  readonly inboundLimit: number
  readonly tickIntervalMs: number | undefined
  readonly logger: Logger | undefined
}

// The longest time that setTimeout can wait; it takes longer ones for 1 ms.
const LONGEST_MS = 2 ** 31 - 1

// A peer's socket is corked for the tick, so that long messages need not be copied into one piece with the others.
const COPY_LIMIT = 2048

const TRANSPORT_METHODS = ['parse', 'format', 'listen', 'connect'] as const
const LIMITS = ['inboundLimit', 'outboundLimit'] as const
const TIMES = ['timeoutMs', 'connectTimeoutMs', 'handshakeTimeoutMs', 'sendTimeoutMs', 'closeTimeoutMs'] as const
const NAMES: readonly (keyof PeerNodeOptions)[] = [
  ...LIMITS,
  ...TIMES,
  ...DOOR_NAMES,
  ...(['keepAliveMs', 'tickIntervalMs', 'bind', 'connect', 'tls', 'transports', 'goodPeer', 'framing'] as const),
  ...(['codec', 'handlers', 'overflow', 'halfOpen', 'logger'] as const),
]

/**
 * Fills in the defaults and refuses what cannot work.
 *
 * @param builtIn Transports that a node has without naming them.
 * @throws {TypeError} If an option has the wrong type, or is none.
 * @throws {RangeError} If an option is out of range, or options cannot work together.
 */
export function resolveNodeOptions<Data>(
  options: PeerNodeOptions<Data>,
  builtIn: readonly Transport[],
): NodeSettings<Data> {
  checkNames(options)
  const {
    connectTimeoutMs = 10_000,
    handshakeTimeoutMs = 10_000,
    sendTimeoutMs = 10_000,
    closeTimeoutMs = 5_000,
    keepAliveMs = 15_000,
    inboundLimit = 1_048_576,
    outboundLimit = 16_777_216,
    overflow = 'disconnect',
    halfOpen = false,
    timeoutMs,
    tickIntervalMs,
    goodPeer,
    logger,
  } = options
  for (const name of LIMITS) checkNumberIfAny(name, options[name], Infinity)
  for (const name of TIMES) checkNumberIfAny(name, options[name], LONGEST_MS)
  checkNumberIfAny('tickIntervalMs', tickIntervalMs, LONGEST_MS)
  checkNumberIfAny('keepAliveMs', options.keepAliveMs, Infinity)
  checkBoolean('halfOpen', halfOpen)
  checkOverflow(overflow)
  if (goodPeer !== undefined) checkFunction('goodPeer', goodPeer)
  checkLogger(logger)
  const transports = [...transportsOf(options.transports), ...builtIn]
  return {
    ...{ connectTimeoutMs, handshakeTimeoutMs, sendTimeoutMs, closeTimeoutMs, keepAliveMs, timeoutMs, tickIntervalMs },
    ...{ inboundLimit, outboundLimit, overflow, halfOpen, goodPeer, logger, transports },
    ...resolveDoorOptions(options),
    ...{ bind: endpointsOf(options.bind, transports), connect: endpointsOf(options.connect, transports) },
    tls: tlsOf(options.tls),
    layout: layoutOf(options.framing),
    codec: codecOf(options.codec),
    handlers: entriesOf(options.handlers),
  }
}

function checkNames(options: unknown): void {
  // The likeliest mistake: a name that is known, in another place.
  const misplaced = Object.keys(options ?? {}).find((name) => LAYOUT_OPTIONS.includes(name))
  if (misplaced !== undefined) {
    throw new TypeError(`Cannot use option ${misplaced} of a node: it is one of framing`)
  }
  checkOptions(options, NAMES)
}

function layoutOf(framing: PeerNodeOptions['framing'] = {}): FrameLayout {
  // Refuses what is no object, which spreading would make one.
  resolveLayout(framing)
  return resolveLayout({ copyLimit: COPY_LIMIT, ...framing })
}

function tlsOf(tls: TlsSettings | undefined): TlsSettings | undefined {
  if (tls !== undefined) checkTls(tls)
  return tls
}

function checkOverflow(overflow: Overflow): void {
  if (OVERFLOWS.includes(overflow)) return
  throw new TypeError(`Cannot use overflow: expected one of ${OVERFLOWS.join(', ')}, got ${nameOf(overflow)}`)
}

function checkNumberIfAny(name: string, value: number | undefined, most: number): void {
  if (value !== undefined) checkNumber(name, value, 1, most)
}

function transportsOf(transports: readonly Transport[] = []): readonly Transport[] {
  if (!Array.isArray(transports))
    throw new TypeError(`Cannot use transports: expected an array, got ${nameOf(transports)}`)
  for (const transport of transports as readonly unknown[]) {
    const candidate = (transport ?? {}) as Partial<Transport>
    const isComplete = TRANSPORT_METHODS.every((method) => typeof candidate[method] === 'function')
    if (!isComplete) throw new TypeError(`Cannot use transports: expected Transports, got ${nameOf(transport)}`)
  }
  return transports as readonly Transport[]
}

function endpointsOf(
  endpoints: Endpoint | readonly Endpoint[] = [],
  transports: readonly Transport[],
): readonly Endpoint[] {
  const list = Array.isArray(endpoints) ? (endpoints as readonly Endpoint[]) : [endpoints as Endpoint]
  for (const endpoint of list) resolveEndpoint(endpoint, transports)
  return list
}

function checkLogger(logger: unknown): void {
  if (logger === undefined) return
  if (typeof logger !== 'object' || logger === null) {
    throw new TypeError(`Cannot use logger: expected an object with methods like info, got ${nameOf(logger)}`)
  }
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    const log = (logger as Logger)[level]
    if (log !== undefined) checkFunction(`logger.${level}`, log)
  }
}

function codecOf<Data>(codec: Codec<Data> | undefined): Codec<Data> {
  // Without a codec, `Data` is what rawCodec makes of messages.
  if (codec === undefined) return rawCodec as unknown as Codec<Data>
  if (typeof codec !== 'object' || (codec as unknown) === null) {
    throw new TypeError(`Cannot use codec: expected { parse, serialise }, got ${nameOf(codec)}`)
  }
  for (const method of ['parse', 'serialise'] as const) checkFunction(`codec.${method}`, Reflect.get(codec, method))
  return codec
}

function entriesOf<Data>(handlers: Handlers<Data> = []): readonly (readonly [MessageType, Handler<Data>])[] {
  if (typeof handlers !== 'object' || (handlers as unknown) === null) {
    throw new TypeError(`Cannot use handlers: expected an object or pairs of type and handler, got ${nameOf(handlers)}`)
  }
  if (!(Symbol.iterator in handlers)) return Object.entries(handlers)
  return Array.from(handlers as Iterable<readonly [MessageType, Handler<Data>]>, (pair: unknown) => {
    if (!Array.isArray(pair))
      throw new TypeError(`Cannot use handlers: expected pairs of type and handler, got ${nameOf(pair)}`)
    return pair as [MessageType, Handler<Data>]
  })
}
