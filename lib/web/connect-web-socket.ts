import { checkOptions, nameOf } from '../arguments.js'
import { PeerError } from '../errors.js'
import type { EncodeOptions, FrameOptions } from '../frame/frame-options.js'
import { LengthPrefixDecoderStream } from './length-prefix-decoder-stream.js'
import { LengthPrefixEncoderStream } from './length-prefix-encoder-stream.js'
import { HALF_CLOSE, WebSocketBytes } from './web-socket-bytes.js'
import { openWire } from './web-socket-wire.js'

/** Options of {@link connectWebSocket}. */
export interface WebSocketConnectOptions {
  /** Layout of the frames, equal to that of the node. @default `uint32be` and the message */
  readonly framing?: (FrameOptions & EncodeOptions) | undefined
  /** Aborted before the connection is open, it makes the call reject with its reason. */
  readonly signal?: AbortSignal | undefined
  /**
   * Subprotocol that is asked for. With `lengthwise` one side can end while the other goes on; a server that is not
   * `lengthwise/websocket` may want another one, or an empty one for none. @default 'lengthwise'
   */
  readonly protocol?: string | undefined
}

/** A pair of streams of messages: what the other end says, and what is said to it. */
export interface MessageStreams {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
}

/**
 * Dials a node that listens with `lengthwise/websocket`, and is a peer of it: in browsers, and wherever there is a WebSocket.
 *
 * Closing `writable` ends our side, and `readable` goes on; aborting it cuts the connection, which the node sees as
 * `ECONNRESET`. Where the browser has a WebSocketStream (Chromium, on pages over https or of this machine), a slow reader
 * holds back the node. Elsewhere a page is given all that comes, and what it does not read waits in its memory; what it sends
 * waits for room everywhere.
 *
 * A connection that breaks ends both streams with a {@link PeerError} `ERR_PEER_GONE`.
 *
 * @throws {TypeError} If an option has the wrong type, or is none, or there is no WebSocket.
 * @throws {RangeError} If an option of the framing is out of range.
 * @throws {PeerError} `ERR_PEER_REFUSED`, if the server does not take the connection; browsers do not say why.
 * @example
 * const { readable, writable } = await connectWebSocket('wss://example.org/peers')
 * const writer = writable.getWriter()
 * await writer.write(new TextEncoder().encode('hello'))
 * for await (const message of readable) console.log(message)
 */
export async function connectWebSocket(
  url: string | URL,
  options: WebSocketConnectOptions = {},
): Promise<MessageStreams> {
  checkOptions(options, ['framing', 'signal', 'protocol'])
  const { framing, signal, protocol = HALF_CLOSE } = options
  if (typeof protocol !== 'string') {
    throw new TypeError(`Cannot use protocol: expected a string, got ${nameOf(protocol)}`)
  }
  signal?.throwIfAborted()
  const decoder = new LengthPrefixDecoderStream(framing)
  const encoder = new LengthPrefixEncoderStream(framing)
  const name = String(url)
  const wire = await openWire(name, protocol === '' ? [] : [protocol], signal)
  signal?.throwIfAborted()
  if (typeof wire === 'number') {
    throw new PeerError('ERR_PEER_REFUSED', `Cannot connect to ${name}: closed with code ${wire} before it was open`)
  }
  const { readable, writable } = new WebSocketBytes(wire, name)
  // What fails is told by both streams of messages.
  encoder.readable.pipeTo(writable).catch(ignore)
  return { readable: readable.pipeThrough(decoder), writable: encoder.writable }
}

function ignore(): void {
  // The streams of messages have it.
}
