import type { Outcome } from './outcome.js'

/**
 * Any decoder: a function that gets chunks and gives messages.
 *
 * - A stream that it returns is written to by the check: `() => new LengthPrefixDecoder()`. Node's streams, those of
 *   readable-stream, and web TransformStreams.
 * - Anything else has taken the chunks itself: an array or another iterable of messages, an async iterable, or a promise
 *   of one: `(chunks) => decode(chunks)`.
 * - What calls back returns what it has heard: `{ messages, error }`.
 *
 * An array among the messages counts as the messages in it, since some decoders give batches.
 *
 * @example
 * const decoder: Decoder = () => new LengthPrefixDecoder()
 *
 * @example
 * const decoder: Decoder = (chunks) => decode(chunks)
 */
export type Decoder = (chunks: readonly Buffer[]) => Output | PromiseLike<Output>

/**
 * Any encoder: a function that gets messages and gives bytes, in as many pieces as it likes. It returns what a
 * {@link Decoder} may return.
 *
 * @example
 * const encoder: Encoder = (messages) => messages.map((message) => encodeFrame(message))
 */
export type Encoder<Message = Uint8Array> = (messages: readonly Message[]) => Output | PromiseLike<Output>

/** What a decoder or an encoder may return. Streams of Node are async iterables. */
export type Output = Iterable<unknown> | AsyncIterable<unknown> | TransformPair | Outcome

/** A web TransformStream. */
export interface TransformPair {
  readonly readable: AsyncIterable<unknown>
  readonly writable: { getWriter(): { write(chunk: never): Promise<unknown>; close(): Promise<unknown> } }
}
