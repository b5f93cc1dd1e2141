import { Duplex } from 'node:stream'
import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { cutOff, notTaken } from './cut.js'

type Callback = (error?: Error | null) => void
type Bytes = Iterable<Uint8Array> & { readonly byteLength: number }

// Room for what a peer hands over at a time, as sockets have it.
const HIGH_WATER_MARK = 524_288
// The window of yamux grows to so much, and a stream that is paused is reset when it holds more than it may: what the window
// lets in has to fit.
const LARGEST_WINDOW = 16_777_216
// How long a stream that was destroyed waits for the other end to close too, in milliseconds.
const CLOSE_TIMEOUT_MS = 2000

/**
 * A stream of libp2p as a Duplex.
 *
 * The two have different words for how a stream is over, and libp2p says "closed" also when the connection below goes down:
 *
 * | libp2p                                   | means                                         | here           |
 * | remoteCloseWrite, then end               | the remote has ended                          | the end        |
 * | close with an error                      | it was reset, or the connection failed        | a cut          |
 * | close without one, no remoteCloseWrite   | the connection closed, a relay had enough     | a cut          |
 * | end without remoteCloseWrite             | comes with one of the two above               | nothing        |
 */
export class Libp2pDuplex extends Duplex {
  readonly #stream: Stream
  #isFull = true
  #isResuming = false
  // Whether the remote has said that it will say no more.
  #isSaid: boolean
  #hasHeardEnd = false
  #onTaken: Callback | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(stream: Stream) {
    super({ allowHalfOpen: true, highWaterMark: HIGH_WATER_MARK })
    this.#stream = stream
    // Nothing is read, not even an end, before it has become a peer.
    this.pause()
    stream.maxReadBufferLength = Math.max(stream.maxReadBufferLength, LARGEST_WINDOW)
    this.#pauseStream()
    this.#isSaid = stream.status === 'open' && stream.remoteWriteStatus === 'closed'
    stream.addEventListener('message', ({ data }) => this.#onData(data instanceof Uint8Array ? [data] : data))
    stream.addEventListener('remoteCloseWrite', () => (this.#isSaid = true))
    stream.addEventListener('end', () => this.#onEnd())
    // Not stream.onDrain(), whose promise stays resolved after the first time. The stream itself sends on in a microtask.
    stream.addEventListener('drain', () => queueMicrotask(() => this.#onDrain()))
    stream.addEventListener('close', (event) => this.#onClose((event as { error?: Error }).error))
    if (stream.readableEnded) this.#onEnd()
    if (stream.status !== 'open' && stream.status !== 'closing') queueMicrotask(() => this.#onClose(undefined))
  }

  override _read(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.#resumeStream()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#send(bytes, callback)
  }

  // Each piece that it is given by itself, the stream sends, and encrypts, by itself.
  override _writev(chunks: { readonly chunk: Buffer }[], callback: Callback): void {
    this.#send(new Uint8ArrayList(...chunks.map(({ chunk }) => chunk)), callback)
  }

  override _final(callback: Callback): void {
    this.#stream.close().then(
      () => callback(),
      (error: unknown) => callback(notTaken(error)),
    )
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const isOver = this.#stream.status === 'closed' || (this.#hasHeardEnd && this.writableFinished)
    const isRead = this.readableLength === 0 && this.#stream.readBufferLength === 0
    if (!isOver && error === null && isRead && this.writableLength === 0) this.#leave()
    else if (!isOver) this.#stream.abort(error ?? new Error('Cannot go on: the duplex was destroyed'))
    callback(error)
    this.#answer(error)
  }

  #send(bytes: Uint8Array | Uint8ArrayList, callback: Callback): void {
    try {
      this.#stream.send(bytes)
    } catch (error) {
      callback(notTaken(error))
      return
    }
    if (this.#stream.writableNeedsDrain) this.#onTaken = callback
    else callback()
  }

  // All was read and written. What comes now finds that it is not read: see #onData.
  #leave(): void {
    this.#stream.close().catch(ignore)
    this.#isFull = false
    this.#resumeStream()
    this.#timer = setTimeout(() => {
      this.#stream.abort(new Error(`Cannot close stream: the remote did not within ${CLOSE_TIMEOUT_MS} ms`))
    }, CLOSE_TIMEOUT_MS).unref()
  }

  #onData(data: Bytes | Uint8Array[]): void {
    if (this.destroyed) {
      // As the system answers what comes to a socket that is closed: the remote is told that it was not read.
      this.#stream.abort(new Error('Cannot read: the duplex was destroyed'))
      return
    }
    for (const bytes of data) {
      if (!this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) this.#isFull = true
    }
    if (this.#isFull && !this.#isResuming) this.#pauseStream()
    if (this.#stream.readableEnded) this.#onEnd()
  }

  #onEnd(): void {
    if (!this.#isSaid || this.#hasHeardEnd || this.destroyed) return
    // What came right behind the choice of a protocol is given back to the stream, also when that has told its end already.
    if (this.#stream.readBufferLength > 0) return
    this.#hasHeardEnd = true
    this.push(null)
  }

  #onClose(error: Error | undefined): void {
    clearTimeout(this.#timer)
    if (this.destroyed) return
    if (error === undefined && this.#isSaid) {
      // It may still be read to its end. What it has not taken, it takes no more.
      this.#answer(notTaken(new Error('The stream is closed')))
      return
    }
    // What came before is handed over, as with a socket that has read ahead.
    this.#isFull = false
    this.#resumeStream()
    const why = error?.message ?? 'the connection closed before the remote had ended'
    this.destroy(cutOff(why, { cause: error }))
  }

  #onDrain(): void {
    if (!this.#stream.writableNeedsDrain) this.#answer()
  }

  // It hands over what it holds, and then opens its window even if it was paused meanwhile: so it is paused behind it.
  #resumeStream(): void {
    if (this.#stream.readStatus !== 'paused') return
    this.#isResuming = true
    this.#stream.resume()
    this.#isResuming = false
    if (this.#isFull) this.#pauseStream()
  }

  #pauseStream(): void {
    if (this.#stream.readStatus === 'readable') this.#stream.pause()
  }

  #answer(error?: Error | null): void {
    const callback = this.#onTaken
    this.#onTaken = undefined
    callback?.(error)
  }
}

function ignore(): void {
  // Its 'close' tells what is wrong with it.
}
