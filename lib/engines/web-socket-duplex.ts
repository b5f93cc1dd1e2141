import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { carrierOf } from '../transports/tls-socket.js'
import { cutOff, notTaken } from './cut.js'

type Callback = (error?: Error | null) => void

/** The subprotocol of two ends that know that an empty message ends one side of a connection. */
export const HALF_CLOSE = 'lengthwise'

// Room for what a peer hands over at a time, as sockets have it.
const HIGH_WATER_MARK = 524_288
// Bytes of a message. Longer ones come in parts, which the other end joins before it hands anything on.
const PIECE = 65_536
const BINARY = { binary: true, compress: false }
const NOTHING = new Uint8Array(0)

// Close codes: RFC 6455, section 7.4.1.
const NORMAL = 1000
const GOING_AWAY = 1001
const BINARY_ONLY = 1003
const NO_CODE = 1005

/**
 * An open WebSocket as a Duplex: messages are pieces of a byte stream, and say nothing by where they begin.
 *
 * WebSocket closes both sides at once. Where both ends speak the subprotocol `lengthwise`, an empty message ends one side
 * and leaves the other; otherwise an end is a Close frame, after which the remote's answer may still come, if it sends one.
 *
 * | what happens                     | the other end gets                       | and tells        |
 * | end()                            | an empty message, or Close 1000          | the end          |
 * | both sides have ended            | Close 1000                               | nothing more     |
 * | destroy(), all read and written  | Close 1001; a reset if more came from it | the end, or a cut |
 * | destroy(), anything left         | a reset, or an end without Close         | a cut            |
 * | destroy(error)                   | a reset, or an end without Close         | a cut            |
 */
export class WebSocketDuplex extends Duplex {
  readonly #webSocket: WebSocket
  readonly #socket: Duplex
  readonly #canHalfClose: boolean
  #hasHeardEnd = false
  // What the socket below has failed with: ws tells only that it closed.
  #fault: Error | undefined
  #onTaken: Callback | undefined

  /** @param socket What the WebSocket runs over. */
  constructor(webSocket: WebSocket, socket: Duplex) {
    super({ allowHalfOpen: true, highWaterMark: HIGH_WATER_MARK })
    this.#webSocket = webSocket
    this.#socket = socket
    this.#canHalfClose = webSocket.protocol === HALF_CLOSE
    // It may fail before it has become a peer, which sees that it is closed.
    this.on('error', ignore)
    // Nothing is read, not even an end, before it has become a peer.
    this.pause()
    webSocket.pause()
    webSocket.on('message', (data: Buffer, isBinary) => this.#onMessage(data, isBinary))
    webSocket.on('error', (error) => this.destroy(error))
    webSocket.on('close', (code) => this.#onClose(code))
    socket.on('error', (error) => (this.#fault ??= error))
  }

  override _read(): void {
    this.#webSocket.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#send([bytes], callback)
  }

  override _writev(chunks: { readonly chunk: Buffer }[], callback: Callback): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      callback,
    )
  }

  override _final(callback: Callback): void {
    const { readyState, OPEN } = this.#webSocket
    if (readyState === OPEN && this.#canHalfClose) {
      this.#webSocket.send(NOTHING, BINARY, () => callback())
    } else {
      this.#webSocket.close(NORMAL)
      callback()
    }
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const isRead = this.readableLength === 0 && this.#socket.readableLength === 0
    if (this.#hasHeardEnd && this.writableFinished) {
      this.#webSocket.close(NORMAL)
    } else if (error === null && isRead && this.writableLength === 0) {
      // What has come, or comes now, finds that it is not read: see #onMessage. Behind a Close frame TLS would hide the reset.
      this.#webSocket.resume()
      setImmediate(() => setImmediate(() => this.#webSocket.close(GOING_AWAY)))
    } else if (this.#webSocket.readyState === this.#webSocket.OPEN) {
      this.#reset()
    }
    callback(error)
    this.#answer(error)
  }

  #send(chunks: readonly Buffer[], callback: Callback): void {
    this.#onTaken = callback
    const pieces = piecesOf(chunks)
    for (const [i, piece] of pieces.entries()) {
      const isLast = i === pieces.length - 1
      this.#webSocket.send(piece, BINARY, isLast ? (error) => this.#answer(error) : undefined)
    }
    if (pieces.length === 0) this.#answer()
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      this.#webSocket.close(BINARY_ONLY)
      this.destroy(new Error('Cannot read message of a WebSocket: expected bytes, got text'))
    } else if (this.destroyed) {
      // As the system answers what comes to a socket that is closed: the remote is told that it was not read.
      if (data.length > 0) this.#reset()
    } else if (data.length > 0) {
      if (!this.#hasHeardEnd && !this.push(data)) this.#webSocket.pause()
    } else if (this.#canHalfClose) {
      this.#hearEnd()
      // Nothing asks for more, and the Close frame is still to come.
      this.#webSocket.resume()
    }
  }

  #onClose(code: number): void {
    if (this.destroyed || (this.#hasHeardEnd && this.writableFinished)) return
    const isEnd = this.#fault === undefined && [NORMAL, GOING_AWAY, NO_CODE].includes(code)
    if (isEnd) this.#hearEnd()
    else this.destroy(cutOff(`the WebSocket was closed with code ${code}`, { cause: this.#fault, closeCode: code }))
  }

  #hearEnd(): void {
    if (this.#hasHeardEnd) return
    this.#hasHeardEnd = true
    this.push(null)
  }

  // Closes at once, and so that the other end does not take it for an end. TCP alone has a reset, also below TLS.
  #reset(): void {
    const carrier = carrierOf(this.#socket) ?? this.#socket
    if (carrier instanceof Socket && carrier.remoteFamily !== undefined) carrier.resetAndDestroy()
    else this.#webSocket.terminate()
  }

  #answer(error?: Error | null): void {
    const callback = this.#onTaken
    this.#onTaken = undefined
    callback?.(error ? notTaken(error) : undefined)
  }
}

function ignore(): void {
  // An emitter of errors without a listener ends the process.
}

/** Joins chunks that are short, and cuts those that are long: a message for each header would cost more than copying does. */
function piecesOf(chunks: readonly Buffer[]): Buffer[] {
  const pieces: Buffer[] = []
  let joined: Buffer[] = []
  let length = 0
  const join = (): void => {
    if (length > 0) pieces.push(joined.length === 1 ? joined[0]! : Buffer.concat(joined, length))
    joined = []
    length = 0
  }
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += PIECE) {
      const part = chunk.subarray(start, start + PIECE)
      if (length + part.length > PIECE) join()
      joined.push(part)
      length += part.length
    }
  }
  join()
  return pieces
}
