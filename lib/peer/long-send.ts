import type { LongMessageWriter } from '../streams/long-message-writer.js'

/** A long message on its way: what writes it, whether a byte of it is out, and the answer that its sender waits for. */
export interface LongSend {
  readonly writer: LongMessageWriter
  isBegun: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}
