import { turn } from '../async/turn.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import type { EncodeOptions } from '../frame/frame-options.js'

/**
 * A pair of web streams, as `pipeThrough` wants it: each message written comes out as a frame.
 *
 * A frame is one chunk and has memory of its own, so it may be transferred. A message that the layout cannot carry ends
 * both streams with the error, behind the frames before it.
 *
 * @example
 * await messages.pipeThrough(new LengthPrefixEncoderStream()).pipeTo(socket.writable)
 */
export class LengthPrefixEncoderStream {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly writable: WritableStream<Uint8Array>

  /**
   * @throws {TypeError} If an option is unknown or has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options?: EncodeOptions) {
    const encoder = new FrameEncoder(options)
    // Its readable side queues nothing, as is the default: a frame is read before the next message is judged.
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
      transform: (message, controller) => {
        // encode() gives memory of its own, which is an ArrayBuffer.
        controller.enqueue(encoder.encode(message) as Uint8Array<ArrayBuffer>)
        return turn.isOver() ? turn.pass() : undefined
      },
    })
    this.readable = readable
    this.writable = writable
  }
}
