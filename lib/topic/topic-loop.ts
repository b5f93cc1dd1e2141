import { MessageIterator } from '../async/message-iterator.js'
import { onAbort } from '../async/on-abort.js'
import type { AbortOptions } from '../door/dialling.js'
import { PeerError } from '../errors.js'
import type { Heard, Hearing } from './hearing.js'

/** What takes the messages of a topic: one loop at a time. */
export class TopicLoop<Data> {
  readonly #hearing: Hearing<Data>
  readonly #topic: string
  #reader: MessageIterator<unknown> | undefined
  // Once nothing more will come, why.
  #end: { readonly failure: { readonly error: unknown } | undefined } | undefined

  constructor(hearing: Hearing<Data>, topic: string) {
    this.#hearing = hearing
    this.#topic = topic
  }

  /** Says that something waits to be read. */
  wake(): void {
    this.#reader?.wake()
  }

  /** A loop over all messages. */
  messages(options: AbortOptions | undefined): MessageIterator<Heard<Data>> {
    return this.#loop(() => this.#hearing.take(), options)
  }

  /** A loop over all messages, an array at a time. */
  batches(options: AbortOptions | undefined): MessageIterator<Heard<Data>[]> {
    return this.#loop(() => this.#hearing.takeBatch(), options)
  }

  /** Says that nothing more will come: a loop ends, or fails, when it has read what waits. */
  end(failure?: { readonly error: unknown }): void {
    this.#end ??= { failure }
    this.#reader?.end(failure)
  }

  /** Takes no more. A loop ends when it has read what waits; without one, that will not be read. */
  close(): void {
    this.#hearing.close()
    this.end()
    if (this.#reader === undefined) this.#hearing.leave()
  }

  /** Ends the loop, if there is one, with an error. */
  abort(error: unknown): void {
    this.#reader?.abort(error)
  }

  #loop<T>(take: () => T | undefined, { signal }: AbortOptions = {}): MessageIterator<T> {
    signal?.throwIfAborted()
    if (this.#reader !== undefined) {
      throw new PeerError('ERR_READER_BUSY', `Cannot read: another loop takes the messages of topic ${this.#topic}`)
    }
    const release = (): void => {
      stopWaiting?.()
      if (this.#reader !== reader) return
      this.#reader = undefined
      this.#hearing.leave()
    }
    const takeOrRelease = (): T | undefined => {
      const item = take()
      if (item === undefined && this.#end !== undefined) release()
      return item
    }
    const reader = new MessageIterator<T>({ take: takeOrRelease, release })
    const stopWaiting = signal && onAbort(signal, (reason) => reader.abort(reason))
    this.#reader = reader
    if (this.#end !== undefined) reader.end(this.#end.failure)
    return reader
  }
}
