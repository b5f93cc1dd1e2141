import { PeerError } from '../errors.js'
import type { Wire } from './web-socket-wire.js'

/** The subprotocol of two ends that know that an empty message ends one side of a connection. */
export const HALF_CLOSE = 'lengthwise'

// Bytes of a message, as lengthwise/websocket sends them.
const PIECE = 65_536
const NOTHING = new Uint8Array(0)
// Close codes: RFC 6455, section 7.4.1; those from 4000 on are for any use.
const NORMAL = 1000
const ENDS: readonly number[] = [NORMAL, 1001, 1005]
const GIVEN_UP = 4000

/** The bytes of a WebSocket as a pair of streams. It is closed when both have ended. */
export class WebSocketBytes {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  readonly #wire: Wire
  readonly #name: string
  readonly #canHalfClose: boolean
  // Assigned by the constructor of the stream.
  #output!: WritableStreamDefaultController
  #openSides = 2
  // What was asked for last: one message at a time.
  #reading: Promise<Uint8Array | undefined> = Promise.resolve(NOTHING)
  #isCancelled = false

  /** @param name What errors call the other end. */
  constructor(wire: Wire, name: string) {
    this.#wire = wire
    this.#name = name
    this.#canHalfClose = wire.protocol === HALF_CLOSE
    this.readable = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => {
          this.#discard().catch(ignore)
        },
      },
      { highWaterMark: 0 },
    )
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#output = controller
      },
      write: (bytes) => this.#write(bytes),
      close: () => this.#close(),
      abort: () => {
        wire.close(GIVEN_UP)
      },
    })
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#reading = this.#next()
    const bytes = await this.#reading
    if (this.#isCancelled) return
    if (bytes === undefined) controller.close()
    else controller.enqueue(bytes)
  }

  // The next bytes; undefined if the other end has ended.
  async #next(): Promise<Uint8Array | undefined> {
    const received = await this.#wire.receive()
    if (typeof received === 'object') {
      if (received.length > 0) return received
      if (!this.#canHalfClose) return this.#next()
    } else if (typeof received === 'string' || !ENDS.includes(received)) {
      throw this.#cut(received)
    }
    this.#end()
    return undefined
  }

  #cut(received: string | number): PeerError {
    const isText = typeof received === 'string'
    if (isText) this.#wire.close(GIVEN_UP)
    const error = this.#gone('Cannot read from', isText ? 'expected bytes, got text' : `closed with code ${received}`)
    this.#output.error(error)
    return error
  }

  // What is not wanted is taken all the same, up to the end.
  async #discard(): Promise<void> {
    this.#isCancelled = true
    for (let bytes = await this.#reading; bytes !== undefined;) bytes = await this.#next()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += PIECE) await this.#send(bytes.subarray(start, start + PIECE))
  }

  async #close(): Promise<void> {
    if (this.#canHalfClose) await this.#send(NOTHING)
    else this.#wire.close(NORMAL)
    this.#end()
  }

  async #send(bytes: Uint8Array): Promise<void> {
    try {
      await this.#wire.send(bytes)
    } catch (cause) {
      throw this.#gone('Cannot write to', 'the connection is closed', cause)
    }
  }

  #end(): void {
    if (--this.#openSides === 0) this.#wire.close(NORMAL)
  }

  #gone(action: string, why: string, cause?: unknown): PeerError {
    return new PeerError('ERR_PEER_GONE', `${action} ${this.#name}: ${why}`, { peer: this.#name, cause })
  }
}

function ignore(): void {
  // The reader has left.
}
