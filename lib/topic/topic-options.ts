import { checkFunction, checkNumber, checkOptions, nameOf } from '../arguments.js'
import { FrameLayout, resolveLayout } from '../frame/frame-layout.js'
import type { EncodeOptions } from '../frame/frame-options.js'
import type { Codec } from '../messaging/codec.js'
import type { MessageMap, Untyped } from '../messaging/messages.js'
import type { Bus } from './bus.js'
import type { HearingSettings } from './hearing.js'
import { HEAD_LENGTH } from './piece.js'
import type { PublishingSettings } from './publishing.js'
import { TOPIC_OVERFLOWS, type TopicOverflow } from './waiting-pieces.js'

/** How a topic works. Limits are bytes. */
export interface TopicOptions<Data = Buffer, Messages extends MessageMap<Messages> = Untyped<Data>> {
  /**
   * The layout of all frames, the same for all that use the topic. A message can be no longer than a piece of the bus.
   * @default `uint32be` in front of every message
   */
  readonly framing?: EncodeOptions | undefined
  /** What messages are to `sendMsg` and to loops; one of typed messages types both. @default every message is of type 0, and its bytes are the data */
  readonly codec?: Codec<Data, Messages> | undefined
  /**
   * Those that read with the same group share the messages: each piece goes to one of them. What went to others cannot be
   * told from what was lost, so no `gap` is. A member may be given what it said itself. @default everything goes to each reader
   */
  readonly group?: string | undefined
  /** Most that waits to be read; a piece costs its length and 128 bytes. @default 16777216 */
  readonly inboundLimit?: number | undefined
  /**
   * What is lost when more than `inboundLimit` waits to be read, in whole pieces: what has waited longest, or what comes. It
   * is told as a `gap`. A bus that holds back loses nothing. @default 'drop-oldest'
   */
  readonly overflow?: TopicOverflow | undefined
  /** When more than this waits for the bus to take it, messages are dropped, and counted. @default 16777216 */
  readonly outboundLimit?: number | undefined
  /**
   * An empty piece is published when nothing else was for so long, in milliseconds: without it, the loss of a last piece is
   * told when the next one comes. It keeps the process alive until the topic is closed. @default never
   */
  readonly heartbeatMs?: number | undefined
  /** How long closing may take to have the bus take what waits, in milliseconds. @default 5000 */
  readonly closeTimeoutMs?: number | undefined
}

/** Options with every default filled in and every check passed. */
export interface TopicSettings<Data> extends PublishingSettings, HearingSettings<Data> {
  readonly group: string | undefined
  readonly heartbeatMs: number | undefined
  readonly closeTimeoutMs: number
}

const KNOWN: readonly (keyof TopicOptions)[] = [
  ...(['framing', 'codec', 'group', 'inboundLimit', 'overflow', 'outboundLimit'] as const),
  ...(['heartbeatMs', 'closeTimeoutMs'] as const),
]
const DEFAULT_LIMIT = 16_777_216
// Longer than that, timers of Node ring at once.
const LONGEST_MS = 2 ** 31 - 1

/**
 * Fills in the defaults and refuses what cannot work.
 *
 * @throws {TypeError} If an option is unknown or has the wrong type.
 * @throws {RangeError} If an option is out of range, or options cannot work together.
 */
export function resolveTopicOptions<Data, Messages extends MessageMap<Messages>>(
  options: TopicOptions<Data, Messages>,
  bus: Bus,
): TopicSettings<Data> {
  checkOptions(options, KNOWN)
  const { framing, codec, group, overflow = 'drop-oldest', heartbeatMs, closeTimeoutMs = 5000 } = options
  const { inboundLimit = DEFAULT_LIMIT, outboundLimit = DEFAULT_LIMIT } = options
  checkNumber('inboundLimit', inboundLimit, 1, Infinity)
  checkNumber('outboundLimit', outboundLimit, 1, Infinity)
  checkNumber('closeTimeoutMs', closeTimeoutMs, 1, LONGEST_MS)
  if (heartbeatMs !== undefined) checkNumber('heartbeatMs', heartbeatMs, 1, LONGEST_MS)
  if (!TOPIC_OVERFLOWS.includes(overflow)) {
    throw new TypeError(`Cannot use overflow: expected one of ${TOPIC_OVERFLOWS.join(', ')}, got ${nameOf(overflow)}`)
  }
  if (group !== undefined) checkName('group', group)
  if (codec !== undefined) {
    for (const method of ['parse', 'serialise'] as const) checkFunction(`codec.${method}`, Reflect.get(codec, method))
  }
  return {
    // Types of messages are promises of the codec, which nothing below needs.
    codec: codec as Codec<Data> | undefined,
    ...{ group, overflow, outboundLimit, heartbeatMs, closeTimeoutMs },
    ...layoutsFor(bus, framing),
    isGroup: group !== undefined,
    limit: bus.holdsBack === true ? Infinity : inboundLimit,
  }
}

/** @throws {TypeError | RangeError} If it is no string, or an empty one. */
export function checkName(what: string, name: unknown): asserts name is string {
  if (typeof name !== 'string') throw new TypeError(`Cannot use ${what}: expected a string, got ${nameOf(name)}`)
  if (name === '') throw new RangeError(`Cannot use ${what}: expected a name, got an empty string`)
}

// A message that no piece could hold is refused by the encoder, as one that is longer than `maxMessageLength`.
function layoutsFor(
  bus: Bus,
  framing: EncodeOptions = {},
): Pick<TopicSettings<never>, 'layout' | 'overhead' | 'readLayout'> {
  resolveLayout(framing)
  // All of a piece is in memory already: no message of it is handed over by and by.
  const asked = new FrameLayout({ ...framing, streamAbove: Infinity })
  const overhead = Math.max(asked.maxHeaderLength, asked.strip ?? 0) + asked.trailer.length
  const most = bus.maxPieceLength - HEAD_LENGTH - overhead
  if (!(most >= 1)) {
    throw new RangeError(`Cannot use bus ${bus.name}: its pieces of ${bus.maxPieceLength} bytes hold no message`)
  }
  const maxMessageLength = Math.min(asked.maxMessageLength, most)
  return { layout: new FrameLayout({ ...framing, maxMessageLength }), overhead, readLayout: asked }
}
