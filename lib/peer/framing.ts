import type { Transform } from 'node:stream'
import { nameOf } from '../arguments.js'
import type { FrameEncoder } from '../frame/frame-encoder.js'

/** What a subclass of a node may override, to frame in its own way. */
export interface FramingMethods {
  encodeMsg(message: Uint8Array): Uint8Array
  createEncoder(): Transform
  createDecoder(): Transform
}

/** How the messages of a node become bytes, and back: chosen once, for all of its peers. */
export interface Framing {
  /**
   * Frames what goes to all peers into bytes that they share; `undefined` where each peer's encoder does that, or where
   * {@link Framing.encode} does.
   */
  readonly shared: FrameEncoder | undefined
  /** The frame of a message, where that takes a function of the node's own; otherwise each peer's encoder frames it. */
  readonly encode: ((message: Uint8Array) => Uint8Array) | undefined
  /** A Transform from messages to bytes, for one peer. */
  createEncoder(): Transform
  /** A Transform from bytes to messages or arrays of messages, for one peer. */
  createDecoder(): Transform
}

/**
 * How a node frames: with its `encodeMsg` where that is its own; else with an encoder for each peer where `createEncoder` is;
 * else with ours, into bytes that peers share where a message goes to all.
 *
 * @param own The methods of the node.
 * @param usual Those that it has if it overrides none.
 */
export function framingOf(own: FramingMethods, usual: FramingMethods, encoder: FrameEncoder): Framing {
  const hasOwnFrames = own.encodeMsg !== usual.encodeMsg
  const hasOwnEncoders = own.createEncoder !== usual.createEncoder
  return {
    encode: hasOwnFrames ? (message) => own.encodeMsg(message) : undefined,
    shared: hasOwnFrames || hasOwnEncoders ? undefined : encoder,
    createEncoder: () => madeBy('createEncoder', own.createEncoder()),
    createDecoder: () => madeBy('createDecoder', own.createDecoder()),
  }
}

function madeBy(method: string, transform: Transform): Transform {
  if (typeof (transform as Partial<Transform> | undefined)?.write === 'function') return transform
  throw new TypeError(`Cannot use what ${method} returned: expected a Transform, got ${nameOf(transform)}`)
}
